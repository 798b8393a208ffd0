package io.k3j.protobufwire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Whatever the bytes are, they are read or refused.
@Timeout(120)
class WireInTest {
    private static final int ROUNDS = 200_000;
    private static final int DEPTH = 20_000;

    private static WireIn of(int... bytes) {
        byte[] all = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            all[i] = (byte) bytes[i];
        }
        return new WireIn(all);
    }

    /// So many bytes that say that another one follows, and the last one.
    private static WireIn number(int following, int last) {
        byte[] all = new byte[following + 1];
        Arrays.fill(all, (byte) 0x80);
        all[following] = (byte) last;
        return new WireIn(all);
    }

    /// At the value of the first field.
    private static WireIn value(int... bytes) {
        WireIn in = of(bytes);
        in.next();
        return in;
    }

    private static void refused(ThrowingCallable reading, String what, int position) {
        assertThatThrownBy(reading).isInstanceOf(MalformedMessage.class)
                .hasMessage("invalid protobuf: unexpected " + what + " at position " + position);
    }

    @Test
    void aPrefixIsGonePastOnlyWhereItIsWhole() {
        WireIn field = value(0x0a, 2, 7, 8, 9).message();
        assertThat(field.past(new byte[] {7, 8, 9})).isFalse();
        assertThat(field.past(new byte[] {8})).isFalse();
        assertThat(field.past(new byte[] {7})).isTrue();
        assertThat(field.rest()).containsExactly(8);
        assertThat(field.past(new byte[] {9})).isFalse();
    }

    @Test
    void aNumberHasTenBytesAtMost() {
        assertThat(of(255, 255, 255, 255, 255, 255, 255, 255, 255, 1).number()).isEqualTo(-1);
        assertThat(number(9, 1).number()).isEqualTo(Long.MIN_VALUE);
        refused(() -> number(10, 1).number(), "number", 10);
        refused(() -> number(10, 0).number(), "number", 10);
    }

    /// Protobuf's libraries take both, but for Go's newer one, which refuses the second.
    @Test
    void bytesThatSayNothingAreTakenAndBitsBeyondThe64thDropped() {
        assertThat(number(1, 0).number()).isZero();
        assertThat(number(9, 0).number()).isZero();
        assertThat(of(0x81, 0x80, 0).number()).isEqualTo(1);
        assertThat(of(255, 255, 255, 255, 255, 255, 255, 255, 255, 0x7f).number()).isEqualTo(-1);
    }

    @Test
    void aNumberThatIsCutIsRefused() {
        refused(() -> of().number(), "end", 0);
        for (int bytes = 1; bytes < 10; bytes++) {
            int cut = bytes;
            refused(() -> number(cut - 1, 0x80).number(), "end", cut);
        }
    }

    @Test
    void anInt32BelowZeroIsReadInBothOfItsForms() {
        assertThat((int) value(8, 0xfb, 255, 255, 255, 255, 255, 255, 255, 255, 1).number()).isEqualTo(-5);
        assertThat((int) value(8, 0xfb, 255, 255, 255, 15).number()).isEqualTo(-5);
    }

    @Test
    void fieldNumbersThatDoNotExistAreRefused() {
        assertThat(of().next()).isZero();
        assertThat(of(8).next()).isEqualTo(1);
        assertThat(of(0xf8, 255, 255, 255, 15).next()).isEqualTo(WireType.MAX_FIELD);
        refused(() -> of(0).next(), "field number", 1);
        refused(() -> of(5).next(), "field number", 1);
        refused(() -> of(0x80, 0x80, 0x80, 0x80, 0x10).next(), "field number", 5);
        refused(() -> of(0x88, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 1).next(), "field number", 10);
    }

    @Test
    void aValueOfAnotherTypeIsRefused() {
        refused(() -> value(8, 1).text(), "wire type 0 where 2 is expected", 1);
        refused(() -> value(8, 1).message(), "wire type 0 where 2 is expected", 1);
        refused(() -> value(8, 1).decimal(), "wire type 0 where 1 is expected", 1);
        refused(() -> value(10, 0).number(), "wire type 2 where 0 is expected", 1);
        refused(() -> value(13, 0, 0, 0, 0).raw(), "wire type 5 where 2 is expected", 1);
    }

    @Test
    void unknownFieldsAreSkipped() {
        WireIn in = of(8, 0x80, 1, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 2, 9, 9, 0x25, 1, 2, 3, 4, 0x28, 7);
        for (int field = 1; field < 5; field++) {
            assertThat(in.next()).isEqualTo(field);
            in.skip();
        }
        assertThat(in.next()).isEqualTo(5);
        assertThat(in.number()).isEqualTo(7);
        assertThat(in.next()).isZero();
        assertThat(in.ended()).isTrue();
    }

    @Test
    void whatIsCutOrHasNoTypeIsNotSkipped() {
        refused(() -> value(8, 0x80).skip(), "end", 2);
        refused(() -> value(9, 1, 2, 3, 4, 5, 6, 7).skip(), "end", 1);
        refused(() -> value(10, 3, 1, 2).skip(), "length 3", 2);
        refused(() -> value(13, 1, 2, 3).skip(), "end", 1);
        for (int type : new int[] {3, 4, 6, 7}) {
            refused(() -> value(8 | type, 0, 0).skip(), "wire type " + type, 1);
        }
    }

    @Test
    void lengthsBeyondTheEndAreRefused() {
        refused(() -> value(10, 1).raw(), "length 1", 2);
        refused(() -> value(10, 255, 255, 255, 255, 7).text(), "length " + Integer.MAX_VALUE, 6);
        refused(() -> value(10, 0x80, 0x80, 0x80, 0x80, 0x10, 1).message(), "length " + (1L << 32), 6);
        refused(() -> value(10, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1).raw(), "length -1", 11);
    }

    @Test
    void aMessageEndsWhereItsLengthSays() {
        WireIn inner = value(10, 3, 10, 2, 1, 2).message();
        inner.next();
        refused(inner::message, "length 2", 4);
        WireIn part = new WireIn(new byte[] {10, 1, 8, 1}, 2, 3);
        assertThat(part.next()).isEqualTo(1);
        refused(part::number, "end", 3);
    }

    @Test
    void aPackedListIsNumbersWithoutTags() {
        WireIn packed = value(10, 4, 1, 0xac, 2, 0).message();
        assertThat(packed.number()).isEqualTo(1);
        assertThat(packed.number()).isEqualTo(300);
        assertThat(packed.ended()).isFalse();
        assertThat(packed.number()).isZero();
        assertThat(packed.ended()).isTrue();
    }

    @Test
    void textsAreUtf8() {
        byte[] texts = "plain, ü, €, \uD83D\uDE00".getBytes(StandardCharsets.UTF_8);
        WireOut out = new WireOut(64);
        out.bytes(2, new byte[] {'a', (byte) 0xff, 'b'});
        out.bytes(1, texts);
        WireIn in = new WireIn(out.bytes());
        in.next();
        assertThat(in.text()).isEqualTo("plain, ü, €, \uD83D\uDE00");
        in.next();
        assertThat(in.text()).isEqualTo("a\uFFFDb");
        assertThat(value(10, 0).text()).isEmpty();
    }

    @Test
    void whatIsLeftCanBeTakenAsItIs() {
        WireIn in = of(2, 7, 8, 9);
        in.number();
        assertThat(in.rest()).containsExactly(7, 8, 9);
        assertThat(in.rest()).isEmpty();
        assertThat(in.next()).isZero();
    }

    /// Depth costs a reader nothing; who recurses has to count.
    @Test
    void messagesNestAsDeepAsTheirBytes() {
        WireOut out = new WireOut(DEPTH);
        for (int i = 0; i < DEPTH; i++) {
            out.message(1, 0);
        }
        WireIn in = new WireIn(out.bytes());
        int depth = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            in = in.message();
            depth++;
        }
        assertThat(depth).isEqualTo(DEPTH);
    }

    @Test
    void randomBytesAreReadOrRefused() {
        Random random = new Random(1);
        int read = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(24)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) random.nextInt(random.nextBoolean() ? 32 : 256);
            }
            try {
                everything(new WireIn(bytes), random);
                read++;
            } catch (MalformedMessage refused) {
                assertThat(refused).hasMessageStartingWith("invalid protobuf: unexpected ");
            }
        }
        assertThat(read).isBetween(ROUNDS / 50, ROUNDS - ROUNDS / 50);
    }

    private static void everything(WireIn in, Random random) {
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (random.nextInt(4) == 0 ? -1 : in.wire()) {
                case WireType.VARINT -> in.number();
                case WireType.FIXED64 -> in.decimal();
                case WireType.LENGTH -> {
                    switch (random.nextInt(3)) {
                        case 0 -> in.text();
                        case 1 -> in.raw();
                        default -> everything(in.message(), random);
                    }
                }
                default -> in.skip();
            }
        }
    }
}
