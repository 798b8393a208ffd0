package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
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
}
