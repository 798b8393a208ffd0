package io.k3j.pki;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A token, and a file of passwords, is read or refused.
public class ClusterTokenFuzzTest {
    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        String text = Fuzzing.text(input);
        Fuzzing.parse(() -> ClusterToken.parse(text).text(), IllegalArgumentException.class);
        Fuzzing.parse(() -> PasswordFile.parse(text).text(), IllegalArgumentException.class);
        Fuzzing.parse(() -> ClusterToken.agentPassword(text), IllegalArgumentException.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(ClusterTokenFuzzTest::fuzzerTestOneInput, Fuzzing.texts("K10" + "0a".repeat(32) + "::server:secret",
                "K10::node:a:b", "abcdef.0123456789abcdef", "K10" + "0a".repeat(32) + "::abcdef.0123456789abcdef",
                "\"a\"\"b\",node,node,\"k3s:agent,x\"\nc,server,server,k3s:server\n",
                "\"a\n\nb\r\n\",node,node,\n\"\\.\",server,server,\"k3s:server\"\r"));
    }
}
