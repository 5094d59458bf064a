"""What people run into in Rust notebooks: each case is named after the complaint."""

import os
import sys
import time

import library_types
from kernels import TP, Kernel, check, descendants, memory, text_of


def plain(reply, out):
    return [c["data"]["text/plain"] for kind, c in out if kind == "execute_result"]


def good(kernel, code, stdout=None, value=None):
    reply, out = kernel.run(code)
    check(f"{code!r} ends well", reply["status"] == "ok", (reply, out))
    if stdout is not None:
        check(f"{code!r} prints its own text", text_of(out) == stdout, out)
    if value is not None:
        check(f"{code!r} has its own value", plain(reply, out) == [value], out)
    return out


def bad(kernel, code, *parts):
    reply, out = kernel.run(code)
    said = "\n".join(reply.get("traceback", [])).replace("\u00a0", " ")
    check(f"{code!r} fails", reply["status"] == "error", (reply, out))
    for part in parts:
        check(f"and says {part!r}", part in said, said)


def number_then_its_name(kernel):
    for code, value in [
        ("let z = 3;\nz", "3"),
        ("let z = 3.5;\nz", "3.5"),
        ("let mut tours = 0;\nfor _ in 0..4 { tours += 1; }\ntours", "4"),
        ("let a = 2; let b = a * 21;\nb", "42"),
        ("let v = vec![1, 2];\nv", "[1, 2]"),
    ]:
        good(kernel, code, value=value)


def print_without_newline(kernel):
    good(kernel, 'print!("sans fin de ligne");', "sans fin de ligne")
    good(kernel, 'println!(" suite");', " suite\n")
    good(kernel, 'print!("avant la valeur "); 3', "avant la valeur ", "3")
    good(kernel, 'for i in 0..3 { print!("\\r{i} %"); }', "\r0 %\r1 %\r2 %")


def print_and_flush(kernel):
    good(kernel, 'use std::io::Write;\nprint!("abc"); std::io::stdout().flush()?;', "abc")
    good(kernel, "1 + 1", "", "2")
    good(kernel, 'print!("é"); std::io::stdout().flush()?; 5', "é", "5")


def output_that_is_not_utf8(kernel):
    good(kernel, "let garde = 1;")
    write = 'use std::io::Write;\nstd::io::stdout().write_all(b"avant\\nab\\xff\\xfe\\napr\\xe8s\\n")?;\nprintln!("suite");'
    good(kernel, write, "avant\nab\ufffd\ufffd\napr\ufffds\nsuite\n")
    good(kernel, "garde", "", "1")
    good(kernel, 'println!("encore");', "encore\n")
    good(kernel, "2 + 2", "", "4")
    good(kernel, 'std::io::stdout().write_all(b"\\xc3")?;', "\ufffd")
    out = good(kernel, 'std::io::stderr().write_all(b"ab\\xff\\xfe\\n")?;')
    check("on stderr too", text_of(out, "stderr") == "ab\ufffd\ufffd\n", out)
    out = good(kernel, 'eprintln!("après");')
    check("and later cells work", text_of(out, "stderr") == "après\n", out)
    bad(kernel, '"x".parse::<i32>()?', "invalid digit")


def text_on_stderr_is_no_failure(kernel):
    good(kernel, 'fn note(x: i32) -> i32 { eprintln!("note : x = {x}"); x }')
    out = good(kernel, 'let n = "12".parse::<i32>()?;\nlet m = note(n);')
    check("its text is plain stderr", text_of(out, "stderr") == "note : x = 12\n", out)
    good(kernel, "m", value="12")
    good(kernel, 'fn double(x: i32) -> i32 { dbg!(x) * 2 }')
    good(kernel, 'let q = double("4".parse::<i32>()?);\nq', value="8")


def a_panic_that_is_caught(kernel):
    code = "let ok: bool = std::panic::catch_unwind(|| { let v: Vec<i32> = vec![]; v[0] }).is_err();\nok"
    good(kernel, code, value="true")
    bad(kernel, f"{code};\nlet w: Vec<i32> = vec![1]; w[3]", "indice 3")


def what_evcxr_passes_over(kernel):
    bad(kernel, "let ∑ = 3;", "« ∑ »")
    bad(kernel, "let s = “bonjour”;", '« " »')
    bad(kernel, "let mut nom = String::new();\nstd::io::stdin().read_line(&mut nom)?;", "clavier")
    good(kernel, 'let nom = String::from("Ada");')
    good(kernel, "let\u00a0espace\u202f=\u00a05;\nespace", value="5")
    out = good(kernel, 'fn main() { println!("bonjour"); }')
    check("a lone main is told of", "n’a pas de «\u00a0main\u00a0»" in text_of(out), out)
    good(kernel, "main()", "bonjour\n")
    out = good(kernel, "2^3", value="1")
    check("a power that is none is told of", "n’est pas une puissance" in text_of(out), out)


def what_a_cell_cannot_keep(kernel):
    bad(kernel, "let f = |x: f64| x * 2.0;", "fermeture", "fn f(")
    bad(kernel, "let v = vec![1, 2, 3]; let partie = &v[1..];", "emprunt", ".to_vec()")
    good(kernel, "let v = vec![1, 2, 3]; let partie = v[1..].to_vec();")
    good(kernel, "{ let f = |x: f64| x * 2.0; println!(\"{}\", f(2.0)); }", "4\n")
    bad(kernel, "let a = std::", "pas finie")


def used_after_a_move(kernel):
    good(kernel, 'let mut s = String::from("bonjour");')
    good(kernel, "let t = s;")
    bad(kernel, 's = String::from("monde");', "a été donné à « t »", "let mut s = t;")
    good(kernel, "let mut s = t;\ns", value='"bonjour"')
    good(kernel, 'let mut s = String::from("monde");\ns', value='"monde"')


def an_impl_run_again(kernel):
    good(kernel, "struct T1 { n: i32 }\nlet t1 = T1 { n: 1 };")
    good(kernel, "impl T1 { fn f(&self) -> i32 { self.n } }\nt1.f()", value="1")
    good(kernel, "impl T1 { fn f(&self) -> i32 { self.n + 1 } }\nt1.f()", value="2")
    good(kernel, "impl T1 { fn g(&self) -> i32 { 10 } }\nt1.f() + t1.g()", value="12")
    good(kernel, "impl T1 { fn g(&self) -> i32 { 20 } fn f(&self) -> i32 { 3 } }\nt1.f() + t1.g()", value="23")
    show = "impl std::fmt::Display for T1 {{ fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {{ write!(f, {}) }} }}"
    good(kernel, show.format('"un"') + '\nprintln!("{t1}");', "un\n")
    good(kernel, show.format('"deux"') + '\nprintln!("{t1}");', "deux\n")
    good(kernel, "struct T2 { n: i32 }\nimpl T2 { fn f(&self) -> i32 { self.n } }")
    good(kernel, "struct T2 { n: i32 }\nimpl T2 { fn f(&self) -> i32 { self.n + 1 } }")
    good(kernel, "T2 { n: 1 }.f()", value="2")
    bad(kernel, "impl T2 { fn f(&self) -> i32 { 7 } }", "modifiez-la dans la cellule où elle est")
    # What it says works.
    good(kernel, "struct T2 { n: i32 }\nimpl T2 { fn f(&self) -> i32 { 7 } }\nT2 { n: 1 }.f()", value="7")


def a_struct_run_again_while_variables_live(kernel):
    good(kernel, "struct S1 { n: i32 }\nlet s1 = S1 { n: 1 };")
    good(kernel, "struct S1 { n: i32, m: i32 }")
    out = good(kernel, "1 + 1", value="2")
    check("the lost variable is told of", "« s1 » est perdu" in text_of(out, "stderr").replace("\u00a0", " "), out)
    bad(kernel, "s1.n", "« s1 » est perdu", "let s1 = …")
    # What it says works.
    good(kernel, "let s1 = S1 { n: 1, m: 2 };\ns1.m", value="2")


def another_program_gets_no_keyboard(kernel):
    good(kernel, 'let fini = std::process::Command::new("cat").status()?;')
    good(kernel, "1 + 1", value="2")
    good(kernel, 'let lu = std::process::Command::new("cat").output()?;\n(lu.status.success(), lu.stdout)', value="(true, [])")


def who_reads_standard_input_finds_it_empty(kernel):
    # In a function, as a crate has it: the cell does not name what it reads.
    read = "let clavier = std::io::stdin; let mut lu = String::new(); let n = clavier().read_line(&mut lu)?; Ok((n, lu))"
    good(kernel, "fn demande() -> std::io::Result<(usize, String)> { %s }" % read)
    for _ in range(3):
        good(kernel, "demande()?", value='(0, "")')
    good(kernel, "std::thread::spawn(demande).join().unwrap()?", value='(0, "")')
    good(kernel, 'std::fs::read_to_string("/dev/stdin")?', value='""')
    good(kernel, "let suite = 5; suite", value="5")
    # A process that starts again, and one that is at its end.
    msg_id = kernel.start('println!("parti"); loop { std::hint::black_box(1); }')
    kernel.wait_for_text("parti")
    kernel.manager.interrupt_kernel()
    kernel.finish(msg_id)
    good(kernel, "1 + 1", value="2")
    good(kernel, "demande()?", value='(0, "")')
    bad(kernel, "std::process::exit(3);", "3")
    good(kernel, "1 + 1", value="2")
    good(kernel, "demande()?", value='(0, "")')


def endless_figures(kernel):
    figure = 'mnist_tp::display::display_html(&"<p>x</p>".repeat(9_000), "x")'
    msg_id = kernel.start(f"loop {{ {figure}; }}")
    time.sleep(6)
    kernel.manager.interrupt_kernel()
    start = time.monotonic()
    reply, out = kernel.finish(msg_id)
    check("interrupted", reply.get("ename") == "Interruption", reply)
    check("at once", time.monotonic() - start < 30)
    shown = sum(1 for kind, _ in out if kind == "display_data")
    check("most figures are left out", 100 < shown < 5000, shown)
    good(kernel, "1 + 1", value="2")


def answer(kernel, msg_id):
    while True:
        reply = kernel.client.get_shell_msg(timeout=120)
        if reply["parent_header"].get("msg_id") == msg_id:
            return reply["content"]


def completion_after_composed_characters(kernel):
    good(kernel, "let poids_total = 1;")
    for before in ["", "// ⚠️ attention\n", "// e\u0301te\u0301\n", "// 👩\u200d👩\u200d👧\r\n", "1;\r\n"]:
        code = before + "poids_"
        content = answer(kernel, kernel.client.complete(code, len(code)))
        check(f"completed after {before!r}", "poids_total" in content["matches"], content)
        found = (content["cursor_start"], content["cursor_end"])
        check("the range is the word's", found == (len(before), len(code)), found)


def what_is_known_of_the_standard_library(kernel):
    good(kernel, library_types.USES)
    lines = list(library_types.BASE)
    lines += [(f"t{at}", code, kind) for at, (code, kind) in enumerate(library_types.TYPES)]
    errors = os.path.join(os.environ["TP_DIR"], "kernels", str(kernel.pid), "ctx/target/erreurs.jsonl")
    for start in range(0, len(lines), 12):
        good(kernel, "\n".join(f"let {name} = {code};" for name, code, _ in lines[start : start + 12]))
        # Where evcxr has written a wrong type, it takes the right one from rustc's error.
        if os.path.exists(errors):
            with open(errors) as file:
                said = file.read()
            os.remove(errors)
            check("the types were right at once", "E0308" not in said, said[:2000])
    types = [f"let _: &{kind} = &{name};" for name, _, kind in lines]
    good(kernel, "{\n" + "\n".join(types) + "\n}")
    for code, names, absent in library_types.COMPLETED:
        matches = answer(kernel, kernel.client.complete(code, len(code)))["matches"]
        bare = {match.split("(")[0].split("!")[0].rstrip(":") for match in matches}
        missing = [name for name in names.split() if name not in bare]
        check(f"{code!r} is completed", not missing, (missing, sorted(bare)))
        check(f"{code!r} shows nothing private", absent not in bare, absent)
    for code, words in library_types.INSPECTED:
        found = answer(kernel, kernel.client.inspect(code, len(code)))
        check(f"{code!r} is told", words in str(found.get("data")), found)


def endless_print(kernel):
    for code in ['loop { println!("encore un tour") }', 'loop { print!("x") }', 'loop { eprintln!("encore") }']:
        msg_id = kernel.start(code)
        kernel.wait_for_text("sortie coupée")
        time.sleep(2)
        held = [memory(pid)["VmHWM"] for pid in descendants(kernel.pid) + [kernel.pid]]
        kernel.manager.interrupt_kernel()
        start = time.monotonic()
        reply, out = kernel.finish(msg_id)
        took = time.monotonic() - start
        check("interrupted", reply.get("ename") == "Interruption", reply)
        check("at once", took < 30, took)
        print(f"    {took:.2f} s after the interrupt; at most {max(held):.0f} MB", flush=True)
        check("what was cut is said", "n’ont pas été affichées" in text_of(out), text_of(out)[-300:])
        good(kernel, "1 + 1", value="2")
        good(kernel, 'print!("même après");', "même après")
    out = good(kernel, 'let ligne = "x".repeat(999); for _ in 0..300_000 { println!("{ligne}"); }')
    check("300 MB are cut", len(text_of(out)) < 2_000_000, len(text_of(out)))


PARTS = (
    number_then_its_name,
    print_without_newline,
    print_and_flush,
    output_that_is_not_utf8,
    text_on_stderr_is_no_failure,
    a_panic_that_is_caught,
    what_evcxr_passes_over,
    what_a_cell_cannot_keep,
    used_after_a_move,
    an_impl_run_again,
    a_struct_run_again_while_variables_live,
    another_program_gets_no_keyboard,
    who_reads_standard_input_finds_it_empty,
    endless_figures,
    completion_after_composed_characters,
    what_is_known_of_the_standard_library,
    endless_print,
)

with Kernel([TP, "kernel", "{connection_file}"], env=dict(os.environ, CARGO_NET_OFFLINE="true")) as kernel:
    for part in PARTS:
        if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
            part(kernel)
