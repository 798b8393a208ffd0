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

/// The content of a kubeconfig file and the files it names: the API's address, the trusted authorities, and the
/// user's credentials.
///
/// @param server scheme, host and port, without a trailing slash
/// @param tls the authorities and, when there is one, the client certificate
/// @param token a bearer token, empty with a client certificate
/// @param stamps the files read, with their modification times
record KubeConfigFile(URI server, SSLContext tls, Optional<String> token, List<Stamp> stamps) {
    /// A file with its modification time when it was read.
    record Stamp(Path file, FileTime modified) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(file, Files.getLastModifiedTime(file));
        }

        boolean unchanged() {
            try {
                return Files.getLastModifiedTime(file).equals(modified);
            } catch (IOException unreadable) {
                // the file is being replaced: the loaded content stays in use
                return true;
            }
        }
    }

    /// Loads the current context of a kubeconfig.
    /// @throws IOException naming the file, when it or one it names is missing or damaged
    static KubeConfigFile read(Path file) throws IOException {
        try {
            return new Reader(file).read();
        } catch (IllegalArgumentException | MalformedInput damaged) {
            throw new IOException(file + " cannot be used: " + damaged.getMessage(), damaged);
        }
    }

    /// Whether the files are unchanged since they were read.
    boolean fresh() {
        return stamps.stream().allMatch(Stamp::unchanged);
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

        /// The content of the file a field names, or of its `-data` field.
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
