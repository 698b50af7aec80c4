//! Mails, as a mail server gets them.

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::*;

/// A mail server that takes every mail, but refuses the first so many.
#[derive(Clone, Default)]
struct Server {
    mails: Arc<Mutex<Vec<String>>>,
    signed_in: Arc<Mutex<Vec<String>>>,
    refuse: Arc<AtomicUsize>,
    port: u16,
}

impl Server {
    async fn start(refuse: usize) -> Self {
        install_tls();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, refuse: Arc::new(AtomicUsize::new(refuse)), ..Self::default() };
        let taking = server.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let server = taking.clone();
                tokio::spawn(async move { server.talk(stream).await });
            }
        });
        server
    }

    /// One connection, as RFC 5321 has it.
    async fn talk(&self, stream: TcpStream) -> std::io::Result<()> {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        write.write_all(b"220 test\r\n").await?;
        while let Some(line) = lines.next_line().await? {
            let answer = match line.split(' ').next().unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 AUTH PLAIN",
                "AUTH" => {
                    self.signed_in.lock().unwrap().push(line);
                    "235 welcome"
                }
                "MAIL" if self.refuse.fetch_update(SeqCst, SeqCst, |left| left.checked_sub(1)).is_ok() => {
                    "451 greylisted"
                }
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await?;
                    let mut mail = String::new();
                    while let Some(line) = lines.next_line().await?.filter(|line| line != ".") {
                        mail.push_str(&line);
                        mail.push('\n');
                    }
                    self.mails.lock().unwrap().push(mail);
                    "250 taken"
                }
                "QUIT" => {
                    write.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                _ => "250 ok",
            };
            write.write_all(format!("{answer}\r\n").as_bytes()).await?;
        }
        Ok(())
    }
}

#[tokio::test]
async fn a_mail_says_what_and_is_sent_again_when_the_server_was_busy() {
    let server = Server::start(1).await;
    let rig = Rig::new(&[("mail", &[("username", "queqiao"), ("password", "canary-password")])]);
    let sinks = [AlertSink {
        from: Some("queqiao@example.cn".to_owned()),
        to: vec!["li@example.cn".to_owned(), "王 <wang@example.cn>".to_owned()],
        ..sink(AlertKind::Mail, Some(format!("smtp://127.0.0.1:{}", server.port)), Some("mail"))
    }];
    let alerts = rig.alerts(&sinks).await;
    alerts.heard(&report(Some(About::Account), Remedy::Human));
    alerts.turn().await.unwrap();
    assert!(server.mails.lock().unwrap().is_empty());
    rig.after(10);
    rig.alerts(&sinks).await.turn().await.unwrap();
    let alerts = rig.alerts(&sinks).await;
    alerts.heard(&report(None, Remedy::Retry));
    alerts.turn().await.unwrap();
    let mails = server.mails.lock().unwrap().clone();
    let subject = |mail: &String| mail.lines().find(|line| line.starts_with("Subject:")).unwrap().to_owned();
    let subjects: Vec<String> = mails.iter().map(subject).collect();
    assert_eq!(subjects.len(), 2, "{mails:?}");
    assert!(subjects[0].contains("[Queqiao] Trouble") && subjects[1].contains("[Queqiao] Over"), "{subjects:?}");
    assert!(mails[0].contains("li@example.cn") && mails[0].contains("wang@example.cn"), "{}", mails[0]);
    assert!(mails[0].contains("Message-ID: <account.water.bot."), "{}", mails[0]);
    assert!(mails.iter().all(|mail| !mail.contains("canary")));
    assert!(!server.signed_in.lock().unwrap().is_empty(), "it signs in");
}
