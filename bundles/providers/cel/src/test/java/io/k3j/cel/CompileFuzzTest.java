package io.k3j.cel;

import io.k3j.celapi.CelDeclarations;
import io.k3j.celapi.CelEnvironment;
import io.k3j.celapi.CelType;
import io.k3j.testkitbase.Fuzzing;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// An expression is compiled or refused by a result; nothing is thrown.
public class CompileFuzzTest {
    /// A build makes fewer of these, which cost more than others.
    private static final int FEWER = 100;
    private static final CelEnvironment ENVIRONMENT = Tried.CEL
            .environment(CelDeclarations.of(Map.of("object", CelType.Simple.DYN)));

    /// Jazzer's entry.
    public static void fuzzerTestOneInput(byte[] input) {
        Fuzzing.parse(() -> ENVIRONMENT.compile(Fuzzing.text(input)));
    }

    @Test
    void isCompiledOrRefused() throws IOException {
        Fuzzing.run(CompileFuzzTest::fuzzerTestOneInput, Fuzzing.texts("object.spec.replicas <= 5",
                "has(object.metadata.labels) && object.metadata.labels.all(k, k.startsWith('a'))",
                "[1, 2.0, b'x', r\"\\d\", {'a': null}].map(x, type(x)).size() > 0x1f",
                "quantity('1Gi').isGreaterThan(quantity('5M')) ? ip('::1') : cidr('10.0.0.0/8')"), FEWER);
    }
}
