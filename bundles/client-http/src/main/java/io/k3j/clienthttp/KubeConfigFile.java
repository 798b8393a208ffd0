package io.k3j.clienthttp;

import io.k3j.codec.MalformedInput;
import io.k3j.codec.Yaml;
import io.k3j.model.Struct;
import io.k3j.pki.ClientTls;
import io.k3j.pki.LoadedKey;
import io.k3j.pki.Pem;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/// One reading of a kubeconfig file and the files it names: where the API is, whom to trust, who we are.
///
/// @param server scheme, host and port, without a slash at the end
/// @param tls the authorities and, when there is one, the client certificate
/// @param token a bearer token, empty with a certificate
/// @param stamps what was read and when it had been written
record KubeConfigFile(URI server, SSLContext tls, Optional<String> token, List<Stamp> stamps) {
    /// A file as it was when read.
    record Stamp(Path file, FileTime written) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(file, Files.getLastModifiedTime(file));
        }

        boolean holds() {
            try {
                return Files.getLastModifiedTime(file).equals(written);
            } catch (IOException unreadable) {
                // being replaced: what was read goes on counting
                return true;
            }
        }
    }

    /// Reads the current context of a file.
    /// @throws IOException naming the file, when it or one it names is missing or damaged
    static KubeConfigFile read(Path file) throws IOException {
        try {
            return new Reader(file).read();
        } catch (IllegalArgumentException | MalformedInput damaged) {
            throw new IOException(file + " cannot be used: " + damaged.getMessage(), damaged);
        }
    }

    /// Whether the files are still those that were read.
    boolean fresh() {
        return stamps.stream().allMatch(Stamp::holds);
    }

    private static final class Reader {
        private final Path file;
        private final List<Stamp> stamps = new ArrayList<>();

        Reader(Path file) {
            this.file = file;
        }

        KubeConfigFile read() throws IOException {
            stamps.add(Stamp.of(file));
            Struct config = Yaml.document(Files.readAllBytes(file)).object();
            Struct context = config.seq("contexts").find("name", config.text("current-context")).struct("context");
            Struct cluster = config.seq("clusters").find("name", context.text("cluster")).struct("cluster");
            Struct user = config.seq("users").find("name", context.text("user")).struct("user");
            String server = cluster.text("server");
            if (!server.startsWith("https://")) {
                throw new IllegalArgumentException("the server must begin with https://");
            }
            List<X509Certificate> authorities = Pem.certificates(text(cluster, "certificate-authority"));
            String token = text(user, "tokenFile").isEmpty() ? user.text("token") : text(user, "tokenFile").strip();
            URI uri = URI.create(server.endsWith("/") ? server.substring(0, server.length() - 1) : server);
            return new KubeConfigFile(uri, ClientTls.trusting(authorities, own(user)),
                    token.isEmpty() ? Optional.empty() : Optional.of(token), List.copyOf(stamps));
        }

        private Optional<ClientTls.Own> own(Struct user) throws IOException {
            List<X509Certificate> chain = Pem.certificates(text(user, "client-certificate"));
            List<LoadedKey> keys = Pem.keys(text(user, "client-key"));
            return chain.isEmpty() || keys.isEmpty() ? Optional.empty()
                    : Optional.of(new ClientTls.Own(chain, keys.getFirst().secret()));
        }

        /// What a field names as a file, or holds as data.
        private String text(Struct in, String field) throws IOException {
            String data = in.text(field + "-data");
            if (!data.isEmpty()) {
                return new String(Base64.getDecoder().decode(data), StandardCharsets.UTF_8);
            }
            String path = in.text(field);
            if (path.isEmpty()) {
                return "";
            }
            Path named = file.resolveSibling(path);
            stamps.add(Stamp.of(named));
            return Files.readString(named);
        }
    }
}
