//! The sockets of the front: five towards Jupyter, four towards evcxr_jupyter.
//!
//! Whatever arrives, on any of them, becomes an [`Event`] of one queue, so the
//! order of arrival is the order of treatment. Receiving never waits for a
//! client: towards clients nothing blocks (a publisher drops what a stalled
//! subscriber does not fetch), hence a closed or frozen front-end cannot slow
//! the kernel down.

use anyhow::{Context as _, Result, bail};
use jupyter_protocol::{ConnectionInfo, Transport};
use tokio::sync::mpsc;
use zeromq::util::PeerIdentity;
use zeromq::{
    DealerSendHalf, DealerSocket, PubSocket, RouterSendHalf, RouterSocket, Socket, SocketOptions,
    SocketRecv, SocketSend, SubSocket, ZmqMessage,
};

/// The channels whose messages the front reads (the heartbeat answers itself).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Shell,
    Control,
    Stdin,
    Iopub,
}

/// A message, with the side that it comes from.
pub enum Event {
    Client(Channel, ZmqMessage),
    Kernel(Channel, ZmqMessage),
}

/// Where messages for the clients leave.
pub struct Clients {
    pub shell: RouterSendHalf,
    pub control: RouterSendHalf,
    pub stdin: RouterSendHalf,
    pub iopub: PubSocket,
}

/// Where messages for evcxr_jupyter leave.
pub struct Kernel {
    pub shell: DealerSendHalf,
    pub control: DealerSendHalf,
    pub stdin: DealerSendHalf,
}

type Queue = mpsc::Sender<Event>;

/// Binds the five ports that Jupyter chose.
pub async fn open(info: &ConnectionInfo, queue: &Queue) -> Result<Clients> {
    if info.transport != Transport::TCP {
        bail!("transport « {} » : le noyau ne connaît que « tcp »", info.transport);
    }
    let shell = router(&info.shell_url(), Channel::Shell, queue).await?;
    let control = router(&info.control_url(), Channel::Control, queue).await?;
    let stdin = router(&info.stdin_url(), Channel::Stdin, queue).await?;
    let iopub: PubSocket = bind(&info.iopub_url()).await?;
    beat(bind(&info.hb_url()).await?);
    Ok(Clients { shell, control, stdin, iopub })
}

/// Sends each heartbeat back as it came. (On a router, which drops what it
/// cannot read and whoever is gone; a reply socket gives an error for both.)
fn beat(mut heartbeat: RouterSocket) {
    tokio::spawn(async move {
        while let Ok(beat) = heartbeat.recv().await {
            // Fails only if the client is gone.
            let _ = heartbeat.send(beat).await;
        }
    });
}

/// Connects to evcxr_jupyter, waiting until it has bound its ports.
pub async fn connect(info: &ConnectionInfo, queue: &Queue) -> Result<Kernel> {
    let mut iopub = SubSocket::new();
    iopub.subscribe("").await?;
    iopub.connect(&info.iopub_url()).await?;
    forward(iopub, queue.clone(), |message| Event::Kernel(Channel::Iopub, message));
    Ok(Kernel {
        shell: dealer(&info.shell_url(), Channel::Shell, queue).await?,
        control: dealer(&info.control_url(), Channel::Control, queue).await?,
        stdin: dealer(&info.stdin_url(), Channel::Stdin, queue).await?,
    })
}

async fn bind<S: Socket>(endpoint: &str) -> Result<S> {
    let mut socket = S::new();
    socket.bind(endpoint).await.with_context(|| {
        format!("{endpoint} : port refusé ; s'il est déjà pris, redémarrez le noyau depuis Jupyter")
    })?;
    Ok(socket)
}

async fn router(endpoint: &str, channel: Channel, queue: &Queue) -> Result<RouterSendHalf> {
    let socket: RouterSocket = bind(endpoint).await?;
    let (send, receive) = socket.split();
    forward(receive, queue.clone(), move |message| Event::Client(channel, message));
    Ok(send)
}

/// evcxr routes its input requests by the identity of the shell request, so
/// the sockets towards it carry the same one.
async fn dealer(endpoint: &str, channel: Channel, queue: &Queue) -> Result<DealerSendHalf> {
    let mut options = SocketOptions::default();
    options.peer_identity(PeerIdentity::try_from(&b"front"[..])?);
    let mut socket = DealerSocket::with_options(options);
    socket.connect(endpoint).await?;
    let (send, receive) = socket.split();
    forward(receive, queue.clone(), move |message| Event::Kernel(channel, message));
    Ok(send)
}

fn forward<S>(mut socket: S, queue: Queue, event: impl Fn(ZmqMessage) -> Event + Send + 'static)
where
    S: SocketRecv + Send + 'static,
{
    tokio::spawn(async move {
        loop {
            match socket.recv().await {
                Ok(message) => {
                    if queue.send(event(message)).await.is_err() {
                        break;
                    }
                }
                // One broken peer; the others are still served.
                Err(_) => tokio::time::sleep(std::time::Duration::from_millis(5)).await,
            }
        }
    });
}
