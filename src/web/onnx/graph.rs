//! What an ONNX file holds, nodes, weights and shapes, and the numbers that the
//! format (`onnx.proto`) gives their fields.

use super::wire::Message;

/// The version of the format and of its operators: old enough for any runtime of
/// the last years.
const IR_VERSION: i64 = 7;
const OPERATORS: i64 = 13;

/// A network as ONNX sees it.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub(super) name: String,
    pub(super) description: String,
    pub(super) nodes: Vec<Node>,
    pub(super) constants: Vec<Constant>,
    pub(super) input: Value,
    pub(super) output: Value,
    /// The other tensors whose shapes are told.
    pub(super) values: Vec<Value>,
}

/// One operator at work.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) operator: &'static str,
    pub(super) name: String,
    pub(super) inputs: Vec<String>,
    /// An empty name for one that is left out.
    pub(super) outputs: Vec<String>,
    pub(super) attributes: Vec<(&'static str, Attribute)>,
}

/// A setting of an operator.
#[derive(Debug)]
pub(super) enum Attribute {
    Int(i64),
    Float(f32),
    Text(&'static str),
    Ints(Vec<i64>),
}

/// A tensor whose values stand in the file.
#[derive(Debug)]
pub(super) struct Constant {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
    pub(super) data: Data,
}

/// The values of a [`Constant`].
#[derive(Debug)]
pub(super) enum Data {
    Floats(Vec<f32>),
    Ints(Vec<i64>),
}

/// Name of an f32 tensor and shape of one sample: before it stands the free number
/// of images.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Value {
    pub(super) name: String,
    pub(super) shape: Vec<usize>,
}

const FLOAT: i64 = 1;
const INT64: i64 = 7;

impl Graph {
    /// The file's bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let graph = Message::default()
            .messages(1, self.nodes.iter().map(Node::encode))
            .bytes(2, &self.name)
            .messages(5, self.constants.iter().map(Constant::encode))
            .bytes(10, &self.description)
            .message(11, self.input.encode())
            .message(12, self.output.encode())
            .messages(13, self.values.iter().map(Value::encode));
        Message::default()
            .int(1, IR_VERSION)
            .bytes(2, "mnist_tp")
            .bytes(3, env!("CARGO_PKG_VERSION"))
            .message(7, graph)
            .message(8, Message::default().bytes(1, "").int(2, OPERATORS))
            .into_bytes()
    }
}

impl Node {
    fn encode(&self) -> Message {
        let names = |message, field, names: &[String]| {
            names.iter().fold(message, |message: Message, name| message.bytes(field, name))
        };
        names(names(Message::default(), 1, &self.inputs), 2, &self.outputs)
            .bytes(3, &self.name)
            .bytes(4, self.operator)
            .messages(5, self.attributes.iter().map(|(name, value)| value.encode(name)))
    }
}

impl Attribute {
    fn encode(&self, name: &str) -> Message {
        let message = Message::default().bytes(1, name);
        match self {
            Self::Float(value) => message.float(2, *value).int(20, 1),
            Self::Int(value) => message.int(3, *value).int(20, 2),
            Self::Text(value) => message.bytes(4, value).int(20, 3),
            Self::Ints(values) => message.ints(8, values).int(20, 7),
        }
    }
}

impl Constant {
    fn encode(&self) -> Message {
        let dims: Vec<i64> = self.shape.iter().map(|axis| *axis as i64).collect();
        let (kind, bytes): (i64, Vec<u8>) = match &self.data {
            Data::Floats(values) => (FLOAT, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
            Data::Ints(values) => (INT64, values.iter().flat_map(|v| v.to_le_bytes()).collect()),
        };
        Message::default().ints(1, &dims).int(2, kind).bytes(8, &self.name).bytes(9, bytes)
    }
}

impl Value {
    fn encode(&self) -> Message {
        let axis = |len: &usize| Message::default().int(1, *len as i64);
        let images = Message::default().bytes(2, "n");
        let axes = std::iter::once(images).chain(self.shape.iter().map(axis));
        let shape = Message::default().messages(1, axes);
        let tensor = Message::default().int(1, FLOAT).message(2, shape);
        Message::default().bytes(1, &self.name).message(2, Message::default().message(1, tensor))
    }
}
