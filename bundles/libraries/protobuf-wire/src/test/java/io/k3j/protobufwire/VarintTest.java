package io.k3j.protobufwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against the official library's numbers.
class VarintTest {
    private static final int ROUNDS = 100_000;
    private final Random random = new Random(1);

    private static byte[] written(long value) {
        byte[] into = new byte[Varint.MAX_BYTES];
        return Arrays.copyOf(into, Varint.put(into, 0, value));
    }

    private static byte[] theirs(long value) throws IOException {
        byte[] into = new byte[Varint.MAX_BYTES];
        CodedOutputStream out = CodedOutputStream.newInstance(into);
        out.writeUInt64NoTag(value);
        return Arrays.copyOf(into, into.length - out.spaceLeft());
    }

    /// Of any length, which evenly spread numbers are not.
    private long any() {
        return random.nextLong() >> random.nextInt(Long.SIZE);
    }

    @Test
    void sizesChangeAtEverySeventhBit() {
        assertThat(Varint.size(0)).isEqualTo(1);
        for (int bits = 7; bits < 63; bits += 7) {
            assertThat(Varint.size((1L << bits) - 1)).isEqualTo(bits / 7);
            assertThat(Varint.size(1L << bits)).isEqualTo(bits / 7 + 1);
        }
        assertThat(Varint.size(Long.MAX_VALUE)).isEqualTo(9);
        assertThat(Varint.size(Long.MIN_VALUE)).isEqualTo(Varint.MAX_BYTES);
        assertThat(Varint.size(-1)).isEqualTo(Varint.MAX_BYTES);
    }

    @Test
    void numbersAreWrittenAsTheOfficialLibraryWritesThem() throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            long value = any();
            byte[] bytes = written(value);
            assertThat(bytes).isEqualTo(theirs(value)).hasSize(Varint.size(value));
            assertThat(new WireIn(bytes).number()).isEqualTo(value);
        }
    }

    @Test
    void aNumberIsWrittenAtItsPlaceOnly() {
        byte[] into = new byte[6];
        assertThat(Varint.put(into, 2, 300)).isEqualTo(4);
        assertThat(into).containsExactly(0, 0, 0xac, 2, 0, 0);
        assertThatThrownBy(() -> Varint.put(new byte[1], 0, 300)).isInstanceOf(ArrayIndexOutOfBoundsException.class);
    }

    @Test
    void signedNumbersNearZeroAreShort() {
        long[] signed = {0, -1, 1, -2, Long.MAX_VALUE, Long.MIN_VALUE};
        long[] encoded = {0, 1, 2, 3, -2, -1};
        for (int i = 0; i < signed.length; i++) {
            assertThat(Varint.encodeZigZag(signed[i])).isEqualTo(encoded[i]);
            assertThat(Varint.decodeZigZag(encoded[i])).isEqualTo(signed[i]);
        }
        for (int i = 0; i < ROUNDS; i++) {
            long value = any();
            assertThat(Varint.encodeZigZag(value)).isEqualTo(CodedOutputStream.encodeZigZag64(value));
            assertThat(Varint.decodeZigZag(Varint.encodeZigZag(value))).isEqualTo(value);
        }
    }
}
