package io.k3j.cbor;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.MalformedInput;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import io.k3j.schema.Schemas;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// A body in CBOR is read or refused, and what was read is the same object after it was written.
public class CborFuzzTest {
    private static final Cbor CBOR = new Cbor(new Schemas());

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> {
            Struct read = Cbor.object(input).without("kind");
            assertThat(Cbor.object(CBOR.bytes(read)).equals(read)).isTrue();
        }, MalformedInput.class);
    }

    @Test
    void isReadOrRefused() throws IOException {
        Struct pod = Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "web", "labels", Struct.of("app", "web")), "spec",
                Struct.of("priority", 7, "containers", Seq.of(Struct.of("name", "c", "ports",
                        Seq.of(Struct.of("containerPort", 80), Struct.of("weight", 1.5, "on", true, "off", null))))));
        Fuzzing.run(CborFuzzTest::fuzzerTestOneInput, List.of(CBOR.bytes(pod),
                HexFormat.of().parseHex("d9d9f7bf4161d64101416b9ffb3ff199999999999ac0617a1bffffffffffffffffff"
                        + "5f41614162ffff"),
                HexFormat.of().parseHex("a16161d90100826861626364656667 68d81900".replace(" ", ""))));
    }
}
