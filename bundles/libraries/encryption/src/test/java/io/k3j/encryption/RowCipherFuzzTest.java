package io.k3j.encryption;

import io.k3j.encryption.Provider.Kind;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// A row of a datastore is opened or refused, whatever somebody has made of it.
public class RowCipherFuzzTest {
    private static final String PLACE = "/registry/secrets/default/one";
    private static final Random RANDOM = new Random(7);
    private static final List<Provider> PROVIDERS = List.of(provider(Kind.AESCBC), provider(Kind.AESGCM),
            provider(Kind.SECRETBOX), Provider.IDENTITY);
    private static final RowCipher CIPHER = new RowCipher(PROVIDERS, RANDOM);

    private static Provider provider(Kind kind) {
        return new Provider(kind, List.of(EncryptionKey.random("k", RANDOM)));
    }

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> CIPHER.open(PLACE, input), UnreadableRow.class);
    }

    @Test
    void isOpenedOrRefused() throws IOException {
        List<byte[]> seeds = new ArrayList<>(Fuzzing.texts("{\"kind\":\"Secret\"}", "k8s:enc:kms:v2:a:b"));
        for (Provider provider : PROVIDERS) {
            seeds.add(new RowCipher(List.of(provider), RANDOM).seal(PLACE, seeds.getFirst()));
        }
        Fuzzing.run(RowCipherFuzzTest::fuzzerTestOneInput, seeds);
    }
}
