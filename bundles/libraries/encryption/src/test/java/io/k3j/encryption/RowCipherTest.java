package io.k3j.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows as upstream stores them.
class RowCipherTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] PLAIN = "{\"kind\":\"Secret\"}".getBytes(StandardCharsets.UTF_8);

    private static EncryptionKey key(String name) {
        return EncryptionKey.random(name, RANDOM);
    }

    private static RowCipher cipher(EncryptionConfiguration configuration) {
        return new RowCipher(configuration, RANDOM);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /// The example of "Cryptography in NaCl" (Bernstein), section 10.
    @Test
    void secretBoxGivesTheBytesOfNaCl() {
        byte[] key = hex("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        byte[] nonce = hex("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        byte[] plain = hex("be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffc"
                + "e5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb31"
                + "0e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde"
                + "048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f93776384864" + "5e0705");
        byte[] box = hex("f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce"
                + "48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c972"
                + "71d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae"
                + "90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b3"
                + "7973f622a43d14a6599b1f654cb45a74e355a5");
        byte[] sealed = SecretBox.seal(key, nonce, plain);
        assertThat(Arrays.copyOfRange(sealed, 24, sealed.length)).isEqualTo(box);
        assertThat(SecretBox.open(key, sealed)).isEqualTo(plain);
    }

    /// NIST SP 800-38A F.2.5 with a block of padding behind it.
    @Test
    void aesCbcGivesTheBytesOfTheStandard() {
        byte[] key = hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
        byte[] iv = hex("000102030405060708090a0b0c0d0e0f");
        byte[] plain = hex("6bc1bee22e409f96e93d7e117393172a");
        byte[] sealed = AesCbc.seal(key, plain, new Random() {
            @Override
            public void nextBytes(byte[] bytes) {
                System.arraycopy(iv, 0, bytes, 0, bytes.length);
            }
        });
        assertThat(Arrays.copyOf(sealed, 32))
                .isEqualTo(hex("000102030405060708090a0b0c0d0e0f" + "f58c4c04d6e5f1ba779eabfb5f7bfbd6"));
        assertThat(AesCbc.open(key, sealed)).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 15, 16, 17, 63, 64, 65, 5000})
    void everyLengthComesBack(int length) {
        byte[] plain = new byte[length];
        RANDOM.nextBytes(plain);
        for (Kind kind : List.of(Kind.AESCBC, Kind.SECRETBOX)) {
            RowCipher cipher = cipher(EncryptionConfiguration.initial(kind, key("k")));
            assertThat(cipher.open(cipher.seal(plain))).isEqualTo(plain);
        }
    }

    @Test
    void rowsCarryProviderAndKeyAndNothingToRead() {
        RowCipher cipher = cipher(EncryptionConfiguration.initial(Kind.AESCBC, key("aescbckey")));
        String row = new String(cipher.seal(PLAIN), StandardCharsets.ISO_8859_1);
        assertThat(row).startsWith("k8s:enc:aescbc:v1:aescbckey:").doesNotContain("Secret");
        assertThat(cipher.seal(PLAIN)).isNotEqualTo(cipher.seal(PLAIN));
    }

    @Test
    void everyKeyOpensAndTheFirstOneSeals() {
        EncryptionKey old = key("aescbckey");
        EncryptionKey fresh = key("aescbckey-2026-11-20T15:04:05Z");
        EncryptionConfiguration before = EncryptionConfiguration.initial(Kind.AESCBC, old);
        byte[] row = cipher(before).seal(PLAIN);
        EncryptionConfiguration prepared = before.withNewKey(Kind.AESCBC, fresh);
        RowCipher rotated = cipher(prepared.rotated(Kind.AESCBC));
        assertThat(rotated.open(row)).isEqualTo(PLAIN);
        assertThat(rotated.open(PLAIN)).isEqualTo(PLAIN);
        assertThat(rotated.current(row)).isFalse();
        assertThat(rotated.current(PLAIN)).isFalse();
        assertThat(rotated.current(rotated.seal(PLAIN))).isTrue();
        assertThat(cipher(prepared).open(rotated.seal(PLAIN))).isEqualTo(PLAIN);
        assertThat(cipher(prepared).current(row)).isTrue();
    }

    @Test
    void whatCannotBeOpenedNamesTheKeyAndNoSecret() {
        EncryptionKey key = key("aescbckey-2026-11-20T15:04:05Z");
        byte[] row = cipher(EncryptionConfiguration.initial(Kind.AESCBC, key)).seal(PLAIN);
        RowCipher other = cipher(EncryptionConfiguration.initial(Kind.SECRETBOX, key("secretboxkey")));
        assertThatThrownBy(() -> other.open(row)).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("no key aescbc aescbckey-2026-11-20T15:04:05Z");
        RowCipher sameName = cipher(EncryptionConfiguration.initial(Kind.SECRETBOX, key("secretboxkey")));
        assertThatThrownBy(() -> sameName.open(other.seal(PLAIN))).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("another key of the same name");
        byte[] damaged = other.seal(PLAIN);
        damaged[damaged.length - 1] ^= 1;
        assertThatThrownBy(() -> other.open(damaged)).isInstanceOf(UnreadableRow.class);
    }

    @Test
    void withoutIdentityAPlainRowIsRefused() {
        RowCipher strict = cipher(
                new EncryptionConfiguration(List.of(new Provider(Kind.AESCBC, List.of(key("k"))))));
        assertThatThrownBy(() -> strict.open(PLAIN)).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("identity");
    }
}
