package io.k3j.protobufwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Against the official library's bytes.
class WireOutTest {
    private static final long[] NUMBERS = {0, 1, 127, 128, -1, -5, Integer.MIN_VALUE, Long.MAX_VALUE, Long.MIN_VALUE};
    private static final double[] DECIMALS = {0, -0.0, 1.5, Double.MIN_VALUE, Double.NEGATIVE_INFINITY, Double.NaN};

    private interface Fields {
        void write(CodedOutputStream out) throws IOException;
    }

    private static byte[] theirs(Fields fields) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        fields.write(out);
        out.flush();
        return bytes.toByteArray();
    }

    @Test
    void numbersOfAnySizeAndField() throws IOException {
        for (int field : new int[] {1, 15, 16, 2047, 2048, WireType.MAX_FIELD}) {
            for (long number : NUMBERS) {
                WireOut out = new WireOut(0);
                out.number(field, number);
                assertThat(out.bytes()).isEqualTo(theirs(to -> to.writeInt64(field, number)));
                WireIn in = new WireIn(out.bytes());
                assertThat(in.next()).isEqualTo(field);
                assertThat(in.number()).isEqualTo(number);
            }
        }
    }

    @Test
    void anInt32BelowZeroHasTenBytes() throws IOException {
        WireOut out = new WireOut(0);
        out.number(1, -5);
        assertThat(out.bytes()).isEqualTo(theirs(to -> to.writeInt32(1, -5))).hasSize(1 + Varint.MAX_BYTES);
    }

    @Test
    void decimals() throws IOException {
        for (double decimal : DECIMALS) {
            WireOut out = new WireOut(0);
            out.decimal(3, decimal);
            assertThat(out.bytes()).isEqualTo(theirs(to -> to.writeDouble(3, decimal)));
            WireIn in = new WireIn(out.bytes());
            in.next();
            assertThat(Double.doubleToRawLongBits(in.decimal())).isEqualTo(Double.doubleToRawLongBits(decimal));
        }
    }

    @Test
    void textsAndBytes() throws IOException {
        String text = "ü€\uD83D\uDE00".repeat(100);
        WireOut out = new WireOut(1);
        out.bytes(2, new byte[] {1, 0, -1});
        out.text(1, text);
        assertThat(out.bytes()).isEqualTo(theirs(to -> {
            to.writeString(1, text);
            to.writeBytes(2, ByteString.copyFrom(new byte[] {1, 0, -1}));
        }));
        assertThat(out.mark()).isEqualTo(out.bytes().length);
    }

    @Test
    void messagesInsideEachOther() throws IOException {
        WireOut out = new WireOut(4);
        out.number(9, 1);
        int outer = out.mark();
        int inner = out.mark();
        out.text(1, "x".repeat(200));
        out.message(2, inner);
        out.message(3, out.mark());
        out.message(4, outer);
        byte[] innermost = theirs(to -> to.writeString(1, "x".repeat(200)));
        byte[] middle = theirs(to -> {
            to.writeByteArray(3, new byte[0]);
            to.writeByteArray(2, innermost);
        });
        assertThat(out.bytes()).isEqualTo(theirs(to -> {
            to.writeByteArray(4, middle);
            to.writeInt32(9, 1);
        }));
    }

    @Test
    void aHeadMayTellOfMoreThanIsWrittenHere() throws IOException {
        WireOut out = new WireOut(8);
        out.begin(2, 1L << 40);
        assertThat(out.bytes()).isEqualTo(theirs(to -> {
            to.writeTag(2, WireType.LENGTH);
            to.writeUInt64NoTag(1L << 40);
        }));
    }

    @Test
    void whatIsWrittenElsewhereIsPutBefore() {
        WireOut out = new WireOut(0);
        out.raw("tail".getBytes(StandardCharsets.US_ASCII));
        out.raw("head ".getBytes(StandardCharsets.US_ASCII));
        assertThat(out.bytes()).asString(StandardCharsets.US_ASCII).isEqualTo("head tail");
    }

    @Test
    void arraysGrowBeyondHalfOfTheLongest() {
        assertThat(Growth.next(0, 0, 1)).isEqualTo(1);
        assertThat(Growth.next(1 << 10, 1 << 10, 1)).isEqualTo(1 << 11);
        assertThat(Growth.next(1 << 10, 1 << 10, 1 << 20)).isEqualTo((1 << 20) + (1 << 10));
        assertThat(Growth.next(1 << 30, 1 << 30, 1)).isGreaterThan((1 << 30) + (1 << 29));
        assertThatThrownBy(() -> Growth.next(Integer.MAX_VALUE - 8, Integer.MAX_VALUE - 8, 100))
                .isInstanceOf(IllegalStateException.class).hasMessageContaining("2 GiB");
    }
}
