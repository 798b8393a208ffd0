package io.k3j.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The check and the reader are of one mind about what can be read.
class JsonCheckTest {
    private static final String OBJECT = "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\\u00e9\","
            + "\"labels\":{},\"uid\":\"\u00fc\u20ac\ud83d\ude00\"},\"spec\":{\"a\":[1,-2.5,true,false,null,[],{},"
            + "{\"b\":\"\\n\\\"\"}],\"n\":1e3, \"z\" : 0}}";

    private static boolean passes(byte[] bytes) {
        try {
            Json.check(bytes);
            return true;
        } catch (MalformedInput e) {
            return false;
        }
    }

    private static boolean isRead(byte[] bytes) {
        try {
            Json.object(bytes);
            return true;
        } catch (MalformedInput e) {
            return false;
        }
    }

    @Test
    void agreesWithTheReaderAboutEveryDamage() {
        long seed = Long.getLong("k3j.series", new Random().nextLong());
        Random random = new Random(seed);
        byte[] whole = OBJECT.getBytes(UTF_8);
        assertThat(passes(whole)).isTrue();
        for (int length = 0; length < whole.length; length++) {
            assertThat(passes(Arrays.copyOf(whole, length))).as("cut at %s", length).isFalse();
        }
        String marks = "\"\\{}[],:0-.eE+tfn \u0000\n";
        for (int n = 0; n < 200_000; n++) {
            byte[] damaged = whole.clone();
            for (int k = random.nextInt(3); k >= 0; k--) {
                damaged[random.nextInt(damaged.length)] = random.nextBoolean() ? (byte) random.nextInt(256)
                        : (byte) marks.charAt(random.nextInt(marks.length()));
            }
            assertThat(passes(damaged)).as("seed %s: %s", seed, new String(damaged, UTF_8))
                    .isEqualTo(isRead(damaged) && !neverText(damaged));
        }
    }

    /// Whether a byte 0xFF is there, which UTF-8 does not have. The reader, which finds names it has met by their bytes
    /// filled up with such ones, takes `"\xFFid"` for `"id"` then; the check does not.
    private static boolean neverText(byte[] bytes) {
        for (byte b : bytes) {
            if (b == (byte) 0xFF) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aByteThatIsNoTextDoesNotPass() {
        byte[] bytes = "{\"a\":1,\"id\":2,\"?id\":3}".getBytes(UTF_8);
        bytes["{\"a\":1,\"id\":2,\"".length()] = (byte) 0xFF;
        assertThat(passes(bytes)).isFalse();
    }

    @Test
    void agreesAboutWhatIsRare() {
        for (String value : new String[] {"1e400", "-1e-400", "1".repeat(400), "1".repeat(2_000), "01", "-", "1.", ".5",
                "1e", "+1", "NaN", "nullx", "[".repeat(998) + "]".repeat(998), "[".repeat(1_200) + "]".repeat(1_200),
                "[1,]", "[,1]", "{\"a\":1,}", "{\"a\"}", "{1:2}", "\"\\x\"", "\"\\u12g4\"", "\"\t\"", "1 2", "{}}"}) {
            byte[] bytes = ("{\"a\":" + value + "}").getBytes(UTF_8);
            assertThat(passes(bytes)).as(value).isEqualTo(isRead(bytes));
        }
    }

    /// It is done for each row that is loaded and each change that is told.
    @Test
    void costsAPartOfReading() {
        String variable = "{\"name\":\"SOME_NAME\",\"value\":\"some value of a variable\"},";
        byte[] pod = OBJECT.replace("\"n\":1e3", "\"n\":1000,\"env\":[" + variable.repeat(40) + "{}]").getBytes(UTF_8);
        long[] best = {Long.MAX_VALUE, Long.MAX_VALUE};
        for (int round = 0; round < 30; round++) {
            long start = System.nanoTime();
            for (int i = 0; i < 2_000; i++) {
                Json.check(pod);
            }
            long middle = System.nanoTime();
            for (int i = 0; i < 2_000; i++) {
                Json.object(pod);
            }
            best[0] = Math.min(best[0], middle - start);
            best[1] = Math.min(best[1], System.nanoTime() - middle);
        }
        System.out.printf("check of %d bytes: %d ns, %d MB/s; reading: %d ns%n", pod.length, best[0] / 2_000,
                2_000L * pod.length * 1_000 / best[0], best[1] / 2_000);
        assertThat(best[0]).isLessThan(best[1]);
    }
}
