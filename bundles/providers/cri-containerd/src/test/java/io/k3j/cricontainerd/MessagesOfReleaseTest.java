package io.k3j.cricontainerd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// `cri.txt` is generated from `src/test/proto/api.proto`, the file of k8s.io/cri-api. For a new release replace the
/// file and run with `-Drewrite=true`.
class MessagesOfReleaseTest {
    private static final Path RELEASE = Path.of("src/test/proto/api.proto");
    private static final Path TABLE = Path.of("src/main/resources/io/k3j/cricontainerd/cri.txt");
    private static final String HEAD = """
            # CRI v1 by field numbers, see MessageTable. Made from src/test/proto/api.proto: do not edit, run
            # mvn -pl bundles/providers/cri-containerd test -Dtest=MessagesOfReleaseTest -Drewrite=true
            """;
    /// The maximal nesting of messages; 1.36 has seven levels.
    private static final int DEEPEST = 8;

    private static Release release() throws IOException {
        return new Release(Files.readString(RELEASE));
    }

    @Test
    void theTableMatchesTheRelease() throws IOException {
        String made = HEAD + String.join("\n", release().lines()) + "\n";
        if (Boolean.getBoolean("rewrite")) {
            Files.writeString(TABLE, made);
        }
        assertThat(Files.readString(TABLE)).isEqualTo(made);
    }

    /// The naming rule that `Cri` uses.
    @Test
    void messagesAreNamedAfterTheirCalls() throws IOException {
        List<List<String>> calls = release().calls;
        assertThat(calls).hasSizeGreaterThan(30).allSatisfy(
                call -> assertThat(call).containsExactly(call.get(0), call.get(0) + "Request",
                        call.get(0) + "Response"));
    }

    /// Recursion would make the nesting of a response unbounded.
    @Test
    void noMessageIsRecursive() throws IOException {
        MessageTable table = new MessageTable();
        List<String> names = release().lines().stream().filter(l -> l.startsWith("message ")).map(l -> l.split(" ")[1])
                .toList();
        assertThat(names).allSatisfy(name -> assertThat(depth(table, names, name, 1)).isLessThanOrEqualTo(DEEPEST));
    }

    private static int depth(MessageTable table, List<String> names, String message, int depth) {
        assertThat(depth).as(message).isLessThanOrEqualTo(DEEPEST);
        return table.message(message).byName().values().stream().filter(f -> names.contains(f.type()))
                .mapToInt(f -> depth(table, names, f.type(), depth + 1)).max().orElse(depth);
    }
}
