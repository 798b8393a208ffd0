package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructBuilderTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 9, 32, 33, 34, 500})
    void keepsFieldsInTheOrderOfTheirFirstPlace(int count) {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, Object> expected = new LinkedHashMap<>();
        Struct.Builder built = Struct.builder();
        for (long i = 0; i < 4L * count; i++) {
            String name = "f" + random.nextInt(count);
            if (random.nextInt(10) == 0) {
                expected.remove(name);
                built.remove(name);
            } else {
                expected.put(name, i);
                built.put(name, i);
            }
            assertThat(built.has(name)).as("seed %d", seed).isEqualTo(expected.containsKey(name));
        }
        Struct struct = built.build();
        assertThat(struct.names()).as("seed %d", seed).containsExactlyElementsOf(expected.keySet());
        expected.forEach((name, value) -> assertThat(struct.get(name)).isEqualTo(value));
    }

    @Test
    void isUsedOnWithoutChangingWhatWasBuilt() {
        Struct.Builder builder = Struct.builder().put("a", 1);
        Struct before = builder.build();
        builder.put("a", 2).put("b", 3);
        assertThat(before).isEqualTo(Struct.of("a", 1));
        assertThat(builder.build()).isEqualTo(Struct.of("a", 2, "b", 3));
    }

    /// A client chooses how many: as a merge patch with a null for each field of an object.
    @Test
    @Timeout(60)
    void manyFieldsAreTakenOutInLittleTime() {
        int many = 200_000;
        Struct.Builder b = Struct.builder();
        for (int i = 0; i < many; i++) {
            b.put("f" + i, i);
        }
        for (int i = 0; i < many; i++) {
            if (i % 1000 != 0) {
                b.remove("f" + i);
            }
        }
        b.put("f1", "again").put("f1000", "changed").remove("f2000").remove("f2001");
        Struct left = b.build();
        assertThat(left.size()).isEqualTo(many / 1000);
        assertThat(left.name(0)).isEqualTo("f0");
        assertThat(left.get("f1000")).isEqualTo("changed");
        assertThat(left.name(left.size() - 1)).isEqualTo("f1");
        assertThat(left.has("f2000")).isFalse();
        assertThat(b.has("f2001")).isFalse();
        assertThat(b.build()).isEqualTo(left);
    }
}
