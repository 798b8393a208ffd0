package io.k3j.etcdmember;

import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import io.k3j.testkitprocess.ChildProcess;
import io.k3j.testkitprocess.FreePort;
import io.k3j.testkitprocess.Launch;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// S3Proxy in a process of its own: an S3 server that checks signatures of version 4 and keeps objects in a directory. On
/// a second port it speaks TLS, with a certificate of its own authority.
public final class S3Server implements AutoCloseable {
    /// Who may come.
    public static final String ACCESS_KEY = "local-identity";
    /// The secret.
    public static final String SECRET_KEY = "local-credential";
    /// The bucket that is there.
    public static final String BUCKET = "snapshots";
    private final ChildProcess process;
    private final int port;
    private final int tls;
    private final Path directory;

    private S3Server(ChildProcess process, int port, int tls, Path directory) {
        this.process = process;
        this.port = port;
        this.tls = tls;
        this.directory = directory;
    }

    /// Starts it with an empty bucket and waits until it listens.
    public static S3Server start(Path directory) throws IOException {
        int port = FreePort.next();
        int tls = FreePort.next();
        ChildProcess process = Launch.of(command(directory, port, tls)).output(directory.resolve("s3proxy.log"))
                .gracePeriod(Duration.ZERO).start();
        S3Server server = new S3Server(process, port, tls, directory);
        Server.await("S3Proxy to listen", () -> listens(port) && listens(tls));
        return server;
    }

    /// A shell script that starts it, with an empty bucket, and stays.
    static Path script(Path directory, int port, int tls) throws IOException {
        return Files.writeString(directory.resolve("s3.sh"),
                "exec '" + String.join("' '", command(directory, port, tls)) + "'\n");
    }

    private static List<String> command(Path directory, int port, int tls) throws IOException {
        certify(directory);
        Files.createDirectories(directory.resolve("data").resolve(BUCKET));
        Path file = directory.resolve("s3proxy.conf");
        Files.write(file, List.of("s3proxy.endpoint=http://127.0.0.1:" + port,
                "s3proxy.secure-endpoint=https://127.0.0.1:" + tls,
                "s3proxy.keystore-path=" + directory.resolve("keys.p12"), "s3proxy.keystore-password=" + SECRET_KEY,
                "s3proxy.authorization=aws-v2-or-v4", "s3proxy.identity=" + ACCESS_KEY,
                "s3proxy.credential=" + SECRET_KEY, "jclouds.provider=filesystem-nio2",
                "jclouds.filesystem.basedir=" + directory.resolve("data"), "jclouds.identity=x",
                "jclouds.credential=y"));
        Path log = Files.writeString(directory.resolve("logback.xml"),
                "<configuration><root level=\"OFF\"/></configuration>");
        // S3Proxy sends what it prints to its log, the provider of jetcd would print it again
        return List.of(Launch.jdk("java"),
                "-Dslf4j.provider=ch.qos.logback.classic.spi.LogbackServiceProvider",
                "-Dlogback.configurationFile=" + log, "-cp", System.getProperty("java.class.path"),
                "org.gaul.s3proxy.Main", "--properties", file.toString());
    }

    private static void certify(Path directory) throws IOException {
        SecureRandom random = new SecureRandom();
        CertificateAuthority authority = CertificateAuthority.selfSigned("s3", Keys.elliptic(), Instant.now(), random);
        KeyPair own = Keys.elliptic();
        X509Certificate certificate = authority.sign(Profile.server("s3", List.of("localhost"),
                List.of(InetAddress.getLoopbackAddress())), own.getPublic(), Instant.now(), random);
        Files.writeString(authority(directory), Pem.encode(authority.chain()));
        try (OutputStream file = Files.newOutputStream(directory.resolve("keys.p12"))) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(null, null);
            keys.setKeyEntry("s3", own.getPrivate(), SECRET_KEY.toCharArray(),
                    new X509Certificate[] {certificate, authority.certificate()});
            keys.store(file, SECRET_KEY.toCharArray());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// The file with its authority.
    static Path authority(Path directory) {
        return directory.resolve("authority.crt");
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /// `host:port`.
    public String endpoint() {
        return "127.0.0.1:" + port;
    }

    /// The same for TLS.
    public String secureEndpoint() {
        return "127.0.0.1:" + tls;
    }

    /// The file with its authority.
    public Path authority() {
        return authority(directory);
    }

    /// An object's file.
    public Path file(String key) {
        return directory.resolve("data").resolve(BUCKET).resolve(key);
    }

    @Override
    public void close() {
        process.close();
    }
}
