package io.k3j.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Many names, as clients choose them.
class NameOrderTest {
    /// `Aa` and `BB` have one hash, and so has everything that is made of as many of them.
    private static List<String> ofOneHash(int pairs) {
        return IntStream.range(0, 1 << pairs).mapToObj(bits -> {
            StringBuilder name = new StringBuilder();
            for (int i = 0; i < pairs; i++) {
                name.append((bits >> i & 1) == 0 ? "Aa" : "BB");
            }
            return name.toString();
        }).toList();
    }

    private static void findsEach(List<String> given) {
        List<String> names = new ArrayList<>(given);
        long seed = System.nanoTime();
        Collections.shuffle(names, new Random(seed));
        Struct.Builder b = Struct.builder();
        names.forEach(name -> b.put(name, name.length()));
        Struct all = b.build();
        for (int i = 0; i < names.size(); i++) {
            assertThat(all.index(names.get(i))).as("seed %d", seed).isEqualTo(i);
            assertThat(all.index(names.get(i) + "C")).as("seed %d", seed).isEqualTo(-1);
        }
    }

    @Test
    @Timeout(60)
    void namesOfOneHashAreFoundInLittleTime() {
        findsEach(ofOneHash(16));
    }

    @Test
    void namesOfAllHashesAreFoundAtTheirPlaces() {
        findsEach(IntStream.range(0, 10_000).mapToObj(i -> Integer.toHexString(i * 0x9E3779B9)).toList());
        List<String> mixed = new ArrayList<>(ofOneHash(3));
        IntStream.range(0, 100).forEach(i -> mixed.add("n" + i));
        findsEach(mixed);
    }
}
