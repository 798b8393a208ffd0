package io.k3j.bootitest;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.k3j.pki.CertificateAuthority;
import io.k3j.pki.Keys;
import io.k3j.pki.Pem;
import io.k3j.pki.Profile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/// A server of HTTPS on a port of this machine, made by the JDK alone, with an authority of its own.
final class HttpsPort implements AutoCloseable {
    private final CertificateAuthority authority;
    private final HttpsServer server;

    /// Not begun.
    HttpsPort(String name) throws IOException, GeneralSecurityException {
        SecureRandom random = new SecureRandom();
        authority = CertificateAuthority.selfSigned(name, Keys.elliptic(), Instant.now(), random);
        KeyPair keys = Keys.elliptic();
        X509Certificate shown = authority.sign(Profile.server(name, List.of("localhost"),
                List.of(InetAddress.getByName("127.0.0.1"))), keys.getPublic(), Instant.now(), random);
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        store.setKeyEntry("server", keys.getPrivate(), new char[0],
                new X509Certificate[] {shown, authority.certificate()});
        KeyManagerFactory managers = KeyManagerFactory.getInstance("PKIX");
        managers.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
    }

    HttpsPort at(String path, HttpHandler handler) {
        server.createContext(path, handler);
        return this;
    }

    HttpsPort started() {
        server.start();
        return this;
    }

    int number() {
        return server.getAddress().getPort();
    }

    String url() {
        return "https://localhost:" + number();
    }

    String authorities() {
        return Pem.encode(List.of(authority.certificate()));
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
