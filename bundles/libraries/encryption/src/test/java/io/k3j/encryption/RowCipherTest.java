package io.k3j.encryption;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.encryption.Provider.Kind;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Rows as upstream stores them.
class RowCipherTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String PLACE = "/registry/secrets/default/one";
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
        byte[] sealed = AesCbc.seal(key, plain, new Given(iv));
        assertThat(Arrays.copyOf(sealed, 32))
                .isEqualTo(hex("000102030405060708090a0b0c0d0e0f" + "f58c4c04d6e5f1ba779eabfb5f7bfbd6"));
        assertThat(AesCbc.open(key, sealed)).isEqualTo(plain);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 15, 16, 17, 63, 64, 65, 5000})
    void everyLengthComesBack(int length) {
        byte[] plain = new byte[length];
        RANDOM.nextBytes(plain);
        for (int i = 0; i < length; i++) {
            // JSON as it is stored has no control characters
            plain[i] |= (byte) ((plain[i] & 0xe0) == 0 ? ' ' : 0);
        }
        plain[0] = '{';
        for (Kind kind : List.of(Kind.AESCBC, Kind.AESGCM, Kind.SECRETBOX)) {
            RowCipher cipher = cipher(EncryptionConfiguration.initial(kind, key("k")));
            assertThat(cipher.open(PLACE, cipher.seal(PLACE, plain))).isEqualTo(plain);
        }
    }

    @Test
    void rowsCarryProviderAndKeyAndNothingToRead() {
        RowCipher cipher = cipher(EncryptionConfiguration.initial(Kind.AESCBC, key("aescbckey")));
        String row = new String(cipher.seal(PLACE, PLAIN), StandardCharsets.ISO_8859_1);
        assertThat(row).startsWith("k8s:enc:aescbc:v1:aescbckey:").doesNotContain("Secret");
        assertThat(cipher.seal(PLACE, PLAIN)).isNotEqualTo(cipher.seal(PLACE, PLAIN));
    }

    @Test
    void everyKeyOpensAndTheFirstOneSeals() {
        EncryptionKey old = key("aescbckey");
        EncryptionKey fresh = key("aescbckey-2026-11-20T15:04:05Z");
        EncryptionConfiguration before = EncryptionConfiguration.initial(Kind.AESCBC, old);
        byte[] row = cipher(before).seal(PLACE, PLAIN);
        EncryptionConfiguration prepared = before.withNewKey(Kind.AESCBC, fresh);
        RowCipher rotated = cipher(prepared.rotated(Kind.AESCBC));
        assertThat(rotated.open(PLACE, row)).isEqualTo(PLAIN);
        assertThat(rotated.open(PLACE, PLAIN)).isEqualTo(PLAIN);
        assertThat(rotated.current(PLACE, row)).isFalse();
        assertThat(rotated.current(PLACE, PLAIN)).isFalse();
        assertThat(rotated.current(PLACE, rotated.seal(PLACE, PLAIN))).isTrue();
        assertThat(cipher(prepared).open(PLACE, rotated.seal(PLACE, PLAIN))).isEqualTo(PLAIN);
        assertThat(cipher(prepared).current(PLACE, row)).isTrue();
    }

    @Test
    void whatCannotBeOpenedNamesTheKeyAndNoSecret() {
        EncryptionKey key = key("aescbckey-2026-11-20T15:04:05Z");
        byte[] row = cipher(EncryptionConfiguration.initial(Kind.AESCBC, key)).seal(PLACE, PLAIN);
        RowCipher other = cipher(EncryptionConfiguration.initial(Kind.SECRETBOX, key("secretboxkey")));
        assertThatThrownBy(() -> other.open(PLACE, row)).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("no key aescbc aescbckey-2026-11-20T15:04:05Z");
        RowCipher sameName = cipher(EncryptionConfiguration.initial(Kind.SECRETBOX, key("secretboxkey")));
        assertThatThrownBy(() -> sameName.open(PLACE, other.seal(PLACE, PLAIN))).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("another key of the same name");
        byte[] damaged = other.seal(PLACE, PLAIN);
        damaged[damaged.length - 1] ^= 1;
        assertThatThrownBy(() -> other.open(PLACE, damaged)).isInstanceOf(UnreadableRow.class);
    }

    /// Of 4 096 rows some sixteen have a padding that looks right with the other key too.
    @Test
    void anotherKeyOfTheSameNameOpensNoRowOfAesCbc() {
        Random random = new Random(7);
        Provider one = new Provider(Kind.AESCBC, List.of(EncryptionKey.random("k", random)));
        Provider two = new Provider(Kind.AESCBC, List.of(EncryptionKey.random("k", random)));
        RowCipher writer = new RowCipher(List.of(one), random);
        RowCipher other = new RowCipher(List.of(two), random);
        RowCipher both = new RowCipher(List.of(two, one), random);
        for (int i = 0; i < 4096; i++) {
            byte[] row = writer.seal(PLACE, PLAIN);
            assertThatThrownBy(() -> other.open(PLACE, row)).isInstanceOf(UnreadableRow.class);
            assertThat(both.open(PLACE, row)).isEqualTo(PLAIN);
            assertThat(both.current(PLACE, row)).isFalse();
        }
    }

    /// So looks once in 65 000 rows what another key makes of one.
    @Test
    void whatBeginsAsAnObjectAndIsNoTextIsNoObjectOfAesCbc() {
        RowCipher cipher = cipher(new EncryptionConfiguration(List.of(new Provider(Kind.AESCBC, List.of(key("k"))))));
        byte[] row = cipher.seal(PLACE, "{\"kind\":\u0001\u00b5".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> cipher.open(PLACE, row)).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("another key of the same name");
        byte[] text = "{\n\t\"kind\": \"\u00b5\"}\r\n".getBytes(StandardCharsets.UTF_8);
        assertThat(cipher.open(PLACE, cipher.seal(PLACE, text))).isEqualTo(text);
    }

    /// A kube-apiserver with the gate `CBORServingAndStorage` stores custom resources so, whichever provider seals.
    @Test
    void aCustomResourceThatUpstreamStoredInCborIsAnObjectOfAesCbc() {
        RowCipher cipher = cipher(new EncryptionConfiguration(List.of(new Provider(Kind.AESCBC, List.of(key("k"))))));
        byte[] row = hex("d9d9f7 a2 446b696e64 455468696e67 4473706563 a1 4473697a65 07");
        assertThat(cipher.open(PLACE, cipher.seal(PLACE, row))).isEqualTo(row);
        for (String none : List.of("d9d9f7", "d9d9f7 07", "d9d9f6 a0")) {
            byte[] other = cipher.seal(PLACE, hex(none));
            assertThatThrownBy(() -> cipher.open(PLACE, other)).as(none).isInstanceOf(UnreadableRow.class);
        }
    }

    @Test
    void withoutIdentityAPlainRowIsRefused() {
        RowCipher strict = cipher(
                new EncryptionConfiguration(List.of(new Provider(Kind.AESCBC, List.of(key("k"))))));
        assertThatThrownBy(() -> strict.open(PLACE, PLAIN)).isInstanceOf(UnreadableRow.class)
                .hasMessageContaining("identity");
    }

    /// Test case 16 of McGrew and Viega, "The Galois/Counter Mode of Operation".
    @Test
    void aesGcmGivesTheBytesOfTheStandard() {
        byte[] key = hex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
        byte[] nonce = hex("cafebabefacedbaddecaf888");
        byte[] place = hex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
        byte[] plain = hex("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
                + "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
        byte[] sealed = AesGcm.seal(key, place, plain, new Given(nonce));
        assertThat(sealed).isEqualTo(hex("cafebabefacedbaddecaf888"
                + "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
                + "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662" + "76fc6ece0f4e1768cddf8853bb2d551b"));
        assertThat(AesGcm.open(key, place, sealed)).isEqualTo(plain);
    }

    @Test
    void aesGcmRowsAreOfTheirPlace() {
        RowCipher cipher = cipher(EncryptionConfiguration.initial(Kind.AESGCM, key("k")));
        byte[] row = cipher.seal(PLACE, PLAIN);
        assertThat(new String(row, StandardCharsets.ISO_8859_1)).startsWith("k8s:enc:aesgcm:v1:k:");
        assertThat(cipher.open(PLACE, row)).isEqualTo(PLAIN);
        assertThatThrownBy(() -> cipher.open("/registry/secrets/default/two", row)).isInstanceOf(UnreadableRow.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"AESCBC", "AESGCM", "SECRETBOX"})
    void truncatedRowsAreUnreadableAtEveryLength(Kind kind) {
        RowCipher cipher = cipher(EncryptionConfiguration.initial(kind, key("k")));
        byte[] row = cipher.seal(PLACE, new byte[] {1, 2, 3});
        int prefix = ("k8s:enc:" + kind.word() + ":v1:k:").length();
        for (int length = "k8s:enc:".length(); length < row.length; length++) {
            byte[] cut = Arrays.copyOf(row, length);
            assertThatThrownBy(() -> cipher.open(PLACE, cut)).as(length - prefix + " bytes")
                    .isInstanceOf(UnreadableRow.class);
        }
    }

    @Test
    void ofSeveralKeysOfOneNameTheRightOneOpensAndOnlyTheFirstIsCurrent() {
        for (Kind kind : List.of(Kind.AESGCM, Kind.SECRETBOX)) {
            Provider before = new Provider(kind, List.of(key("k")));
            Provider now = new Provider(kind, List.of(key("k")));
            byte[] row = new RowCipher(List.of(before), RANDOM).seal(PLACE, PLAIN);
            RowCipher both = new RowCipher(List.of(now, before), RANDOM);
            assertThat(both.open(PLACE, row)).isEqualTo(PLAIN);
            assertThat(both.current(PLACE, row)).isFalse();
            assertThat(both.current(PLACE, both.seal(PLACE, PLAIN))).isTrue();
        }
    }

    @Test
    void eachTransformationIsToldByItsPrefixes() {
        Provider old = new Provider(Kind.AESGCM, List.of(key("old")));
        RowCipher before = new RowCipher(List.of(old), RANDOM);
        RowCipher cipher = new RowCipher(List.of(new Provider(Kind.SECRETBOX, List.of(key("new"))), old,
                Provider.IDENTITY), RANDOM);
        List<String> all = new ArrayList<>();
        Transformations told = (written, prefix, nanos, status) -> all.add((written ? "> " : "< ") + prefix + " "
                + status);
        cipher.seal(PLACE, PLAIN, told);
        cipher.open(PLACE, before.seal(PLACE, PLAIN), told);
        cipher.open(PLACE, PLAIN, told);
        assertThatThrownBy(() -> before.open(PLACE, PLAIN, told)).isInstanceOf(UnreadableRow.class);
        assertThatThrownBy(() -> before.open(PLACE, cipher.seal(PLACE, PLAIN), told))
                .isInstanceOf(UnreadableRow.class);
        assertThatThrownBy(() -> before.open("/elsewhere", before.seal(PLACE, PLAIN), told))
                .isInstanceOf(UnreadableRow.class);
        assertThat(all).containsExactly("> new: OK", "> k8s:enc:secretbox:v1: OK", "< old: OK",
                "< k8s:enc:aesgcm:v1: OK", "< identity OK", "< unknown unknown-non-grpc",
                "< unknown unknown-non-grpc", "< old: unknown-non-grpc", "< k8s:enc:aesgcm:v1: unknown-non-grpc");
    }

    /// Gives out what it is made with.
    private static final class Given extends Random {
        private static final long serialVersionUID = 1L;
        private final byte[] bytes;

        Given(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public void nextBytes(byte[] into) {
            System.arraycopy(bytes, 0, into, 0, into.length);
        }
    }

    /// What is sealed may begin with any byte, so also with those of texts.
    @ParameterizedTest
    @ValueSource(strings = {"", "\u0001x", ":\u0001", "a:b:", "::::", "05:06:"})
    void tellsTheNameOfAKeyWhateverFollowsIt(String sealed) {
        byte[] row = ("k8s:enc:aescbc:v1:gone:" + sealed).getBytes(StandardCharsets.ISO_8859_1);
        assertThat(RowCipher.keyName(row)).isEqualTo("aescbc gone");
    }
}
