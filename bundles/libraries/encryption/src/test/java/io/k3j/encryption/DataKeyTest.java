package io.k3j.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Keys of many rows, and the keys that come of seeds.
class DataKeyTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PLACE = "/registry/secrets/default/one";
    private static final byte[] PLAIN = {1, 2, 3};

    private static byte[] random(int bytes) {
        byte[] some = new byte[bytes];
        RANDOM.nextBytes(some);
        return some;
    }

    /// RFC 5869, A.1, the first 32 bytes: those behind do not change them.
    @Test
    void derivesTheKeyOfTheStandard() {
        HexFormat hex = HexFormat.of();
        DataKey seed = DataKey.seed(hex.parseHex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5"));
        assertThat(seed.derived(hex.parseHex("f0f1f2f3f4f5f6f7f8f9")))
                .isEqualTo(hex.parseHex("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"));
    }

    @Test
    void eachRowHasItsOwnKeyAndIsOfItsPlace() {
        DataKey seed = DataKey.seed(random(32));
        byte[] row = seed.seal(PLACE, PLAIN, RANDOM);
        assertThat(seed.open(PLACE, row)).isEqualTo(PLAIN);
        assertThat(Arrays.copyOf(row, 32)).isNotEqualTo(Arrays.copyOf(seed.seal(PLACE, PLAIN, RANDOM), 32));
        assertThatThrownBy(() -> seed.open("/registry/secrets/default/two", row)).isInstanceOf(UnreadableRow.class);
        assertThatThrownBy(() -> DataKey.seed(random(32)).open(PLACE, row)).isInstanceOf(UnreadableRow.class);
        for (int length = 0; length < row.length; length++) {
            byte[] cut = Arrays.copyOf(row, length);
            assertThatThrownBy(() -> seed.open(PLACE, cut)).as("%d bytes", length).isInstanceOf(UnreadableRow.class);
        }
    }

    @Test
    void aKeyThatIsNoSeedOpensAndDoesNotSeal() {
        for (int length : List.of(16, 24, 32)) {
            byte[] secret = random(length);
            byte[] place = PLACE.getBytes(StandardCharsets.UTF_8);
            assertThat(DataKey.key(secret).open(PLACE, AesGcm.seal(secret, place, PLAIN, RANDOM))).isEqualTo(PLAIN);
            assertThatThrownBy(() -> DataKey.key(secret).seal(PLACE, PLAIN, RANDOM))
                    .isInstanceOf(IllegalStateException.class);
        }
        assertThatThrownBy(() -> DataKey.key(random(7))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> DataKey.seed(random(31))).isInstanceOf(IllegalArgumentException.class);
    }
}
