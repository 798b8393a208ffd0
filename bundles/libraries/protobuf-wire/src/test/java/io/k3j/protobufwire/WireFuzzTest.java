package io.k3j.protobufwire;

import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/// A message is gone through to its end or refused, by whatever its fields are read as.
public class WireFuzzTest {
    private static final int DEEPEST = 50;

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> skipped(new WireIn(input)), MalformedMessage.class);
        Fuzzing.parse(() -> read(new WireIn(input), 0), MalformedMessage.class);
    }

    private static void skipped(WireIn in) {
        while (in.next() != 0) {
            in.skip();
        }
    }

    /// The number of a field decides what a value with a length is.
    private static void read(WireIn in, int depth) {
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (in.wire()) {
                case WireType.VARINT -> in.number();
                case WireType.FIXED64 -> in.decimal();
                case WireType.LENGTH -> sized(in, field, depth);
                default -> in.skip();
            }
        }
    }

    private static void sized(WireIn in, int field, int depth) {
        if (field % 4 == 0 && depth < DEEPEST) {
            read(in.message(), depth + 1);
        } else if (field % 4 == 1) {
            in.text();
        } else if (field % 4 == 2) {
            WireIn packed = in.message();
            while (!packed.ended()) {
                packed.number();
            }
        } else {
            in.raw();
        }
    }

    @Test
    void isReadOrRefused() throws IOException {
        Fuzzing.run(WireFuzzTest::fuzzerTestOneInput, Fuzzing.hex("08 96 01", "09 00 00 00 00 00 00 f0 3f",
                "2a 03 61 62 63", "22 07 22 05 2a 03 61 62 63", "32 03 01 80 01", "3d 01 02 03 04",
                "12 ff ff ff ff ff ff ff ff ff 01", "22 fe ff ff ff 07"));
    }
}
