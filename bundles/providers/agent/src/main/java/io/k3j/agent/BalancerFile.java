package io.k3j.agent;

import io.k3j.codec.Json;
import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.pki.PemFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// The file with the load balancer's known servers, in K3s' form: the registration address and the servers. The
/// servers of another registration address are ignored.
final class BalancerFile {
    private static final System.Logger LOG = System.getLogger("io.k3j.agent");
    private final Path file;
    private final String url;

    BalancerFile(Path file, String url) {
        this.file = file;
        this.url = url;
    }

    /// The servers last known; empty without a usable file.
    List<String> read() {
        try {
            Optional<String> text = PemFiles.read(file);
            if (text.isPresent()) {
                Struct kept = Json.object(text.get().getBytes(StandardCharsets.UTF_8));
                return kept.text("ServerURL").equals(url) ? kept.seq("ServerAddresses").texts() : List.of();
            }
        } catch (IOException | MalformedInput damaged) {
            LOG.log(System.Logger.Level.WARNING, "Ignoring file path={0} error={1}", file, damaged.getMessage());
        }
        return List.of();
    }

    /// Saves the servers. A failed write is only logged: the next start begins with the registration address.
    void write(List<String> addresses) {
        Struct content = Struct.of("ServerURL", url, "ServerAddresses", Seq.copyOf(addresses));
        String text = new String(Json.pretty(content), StandardCharsets.UTF_8);
        try {
            if (!PemFiles.read(file).equals(Optional.of(text))) {
                PemFiles.directory(Objects.requireNonNull(file.getParent()));
                PemFiles.write(file, text, PemFiles.SECRET);
            }
        } catch (IOException full) {
            LOG.log(System.Logger.Level.WARNING, "Cannot write file path={0} error={1}", file, full.getMessage());
        }
    }
}
