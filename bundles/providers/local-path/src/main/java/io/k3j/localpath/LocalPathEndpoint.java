package io.k3j.localpath;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.edgeapi.Endpoint;
import io.k3j.edgeapi.Exchange;
import io.k3j.model.Struct;
import io.k3j.nodefiles.LocalDirectories;
import io.k3j.pki.SubjectNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/// `POST /local-path` on the kubelet's port: `{"action":"make"|"delete","parent":"/…","name":"pvc-…"}`. Answers 200
/// when it is done, also when it had been done before; 507 when the disk is full; else 4xx or 500 with the reason.
///
/// **Who may.** The provisioner alone, by a client certificate of the cluster's authority with its name. There is none
/// on any node, and a token with that name does not do.
///
/// **Failure.** A name that is not of plain components, or a path that is not plain, is 400: nothing is touched.
final class LocalPathEndpoint implements Endpoint {
    /// The user of the provisioner.
    static final String PROVISIONER = "system:serviceaccount:kube-system:local-path-provisioner-service-account";
    private static final System.Logger LOG = System.getLogger("io.k3j.localpath");
    private static final int MOST_BYTES = 16 * 1024;
    private static final Map<String, String> TEXT = Map.of("content-type", "text/plain; charset=utf-8");

    @Override
    public Set<String> prefixes() {
        return Set.of("/local-path");
    }

    @Override
    public void serve(Exchange exchange) throws IOException {
        if (exchange.clientCertificates().isEmpty() || !SubjectNames
                .of(exchange.clientCertificates().getFirst().getSubjectX500Principal()).commonName()
                .equals(PROVISIONER)) {
            answer(exchange, 403, "only the local path provisioner may ask for this");
            return;
        }
        if (!exchange.method().equals("POST") || !exchange.path().equals("/local-path")) {
            answer(exchange, 405, "POST /local-path");
            return;
        }
        try {
            Object body = Json.value(exchange.body(MOST_BYTES));
            perform(exchange, body instanceof Struct s ? s : Struct.EMPTY);
        } catch (IllegalArgumentException | MalformedInput e) {
            answer(exchange, 400, String.valueOf(e.getMessage()));
        }
    }

    private static void perform(Exchange exchange, Struct asked) throws IOException {
        Path parent = parent(asked.text("parent"));
        String name = asked.text("name");
        try {
            switch (asked.text("action")) {
                case "make" -> LocalDirectories.make(parent, name);
                case "delete" -> LocalDirectories.delete(parent, name);
                default -> throw new IllegalArgumentException("action is make or delete");
            }
            LOG.log(System.Logger.Level.INFO, "Local volume {0} path={1}", asked.text("action"), parent.resolve(name));
            answer(exchange, 200, "");
        } catch (IOException e) {
            String why = e.getClass().getSimpleName() + ": " + e.getMessage();
            LOG.log(System.Logger.Level.WARNING, "Cannot {0} local volume path={1} error={2}", asked.text("action"),
                    parent.resolve(name), why);
            answer(exchange, full(parent) ? 507 : 500, why);
        }
    }

    private static Path parent(String text) {
        try {
            Path path = Path.of(text);
            if (!path.isAbsolute() || !path.normalize().equals(path) || path.getNameCount() == 0) {
                throw new IllegalArgumentException("parent is no absolute path below /: " + text);
            }
            return path;
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("parent is no path: " + e.getReason());
        }
    }

    private static boolean full(Path parent) {
        try {
            FileStore store = Files.getFileStore(parent);
            return store.getUsableSpace() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static void answer(Exchange exchange, int status, String text) throws IOException {
        exchange.respond(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }
}
