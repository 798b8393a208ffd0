package io.k3j.corefile;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// A Corefile, whoever has written it into the ConfigMap, is read or refused.
public class CorefileFuzzTest {
    private static final Map<String, String> CUSTOM = Map.of("a.server", "b.example {\n  whoami\n}\n", "c.override",
            "import a.server\n");

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        ConfigFiles files = ConfigFiles.of(Map.of("Corefile", Fuzzing.text(input)), CUSTOM);
        Fuzzing.parse(() -> Corefile.parse(ConfigFiles.DIRECTORY + "Corefile", files, Map.of("NAME", "x")),
                CorefileProblem.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(CorefileFuzzTest::fuzzerTestOneInput, Fuzzing.texts(
                ".:53 {\n  errors # all\n  kubernetes cluster.local in-addr.arpa {\n    pods insecure\n  }\n"
                        + "  forward . \"/etc/resolv.conf\"\n  import /etc/coredns/custom/*.override\n}\n"
                        + "import /etc/coredns/custom/*.server\n",
                "(s) {\n  cache 30\n}\na.example, b.example {\n  import s\n  rewrite {$NAME} {%NAME%}\n}\n", "a\nb\n"));
    }
}
