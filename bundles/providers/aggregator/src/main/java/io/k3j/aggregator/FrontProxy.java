package io.k3j.aggregator;

import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.PemBlocks;
import io.k3j.pki.PemFiles;
import io.k3j.webhookclient.ClientConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/// Who this server is to others: the front proxy, by K3s' certificate `client-auth-proxy`, which those servers check
/// before they believe the user that a request names. Read anew when its file changes. Any thread; blocks on the disk.
final class FrontProxy {
    private final Path tls;
    private final Map<Trusted, Made> made = new ConcurrentHashMap<>();

    /// Whom to believe.
    private record Trusted(String caBundle, boolean insecure) {
    }

    private record Made(SSLContext context, FileTime of) {
    }

    /// @param tls the directory `server/tls`
    FrontProxy(Path tls) {
        this.tls = tls;
    }

    /// The context for a server; shared by its connections, so that sessions are resumed.
    /// @throws IOException when the certificate cannot be read, or the server's `caBundle` is none
    SSLContext context(ApiService to) throws IOException {
        Trusted key = new Trusted(to.server().caBundle(), to.insecure());
        FileTime now = Files.getLastModifiedTime(tls.resolve("client-auth-proxy.crt"));
        Made known = made.get(key);
        if (known == null || !known.of.equals(now)) {
            known = new Made(make(to), now);
            made.put(key, known);
        }
        return known.context;
    }

    /// Keeps what these servers need.
    void retain(Set<ApiService> all) {
        made.keySet().retainAll(all.stream().map(a -> new Trusted(a.server().caBundle(), a.insecure()))
                .collect(Collectors.toSet()));
    }

    private SSLContext make(ApiService to) throws IOException {
        ClientConfig server = to.server();
        ClientTls.Own own = own();
        try {
            if (to.insecure()) {
                return ClientTls.trustingAnybody(own);
            }
            if (server.caBundle().isEmpty()) {
                return ClientTls.trustingMachine(own);
            }
            return ClientTls.trusting(PemBlocks.authorities(server.caBundle()), Optional.of(own));
        } catch (IllegalArgumentException e) {
            throw new IOException("unable to load root certificates: " + e.getMessage(), e);
        }
    }

    private ClientTls.Own own() throws IOException {
        Path file = tls.resolve("client-auth-proxy.key");
        LoadedKey key = PemFiles.key(file).orElseThrow(() -> new NoSuchFileException(file.toString()));
        return new ClientTls.Own(PemFiles.certificates(tls.resolve("client-auth-proxy.crt")), key.secret());
    }
}
