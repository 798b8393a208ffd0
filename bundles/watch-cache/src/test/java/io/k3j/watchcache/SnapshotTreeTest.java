package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SnapshotTreeTest {
    @Test
    void behavesAsASortedMapAndKeepsOldPictures() {
        Random random = new Random(42);
        TreeMap<String, Integer> model = new TreeMap<>();
        SnapshotTree<Integer> tree = SnapshotTree.empty();
        List<SnapshotTree<Integer>> pictures = new ArrayList<>();
        List<TreeMap<String, Integer>> models = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            String key = "k" + random.nextInt(3_000);
            if (random.nextInt(3) == 0) {
                tree = tree.without(key);
                model.remove(key);
            } else {
                tree = tree.with(key, i);
                model.put(key, i);
            }
            if (i % 2_000 == 0) {
                pictures.add(tree);
                models.add(new TreeMap<>(model));
            }
        }
        pictures.add(tree);
        models.add(model);
        for (int i = 0; i < pictures.size(); i++) {
            assertThat(entries(pictures.get(i), "")).isEqualTo(new ArrayList<>(models.get(i).entrySet()).toString());
            assertThat(pictures.get(i).size()).isEqualTo(models.get(i).size());
        }
    }

    private static String entries(SnapshotTree<Integer> tree, String from) {
        List<String> all = new ArrayList<>();
        tree.visit(from, (k, v) -> all.add(k + "=" + v));
        return all.toString();
    }

    @Test
    void findsRanksAndStartsAnywhere() {
        String[] keys = new String[1_000];
        Object[] values = new Object[1_000];
        for (int i = 0; i < keys.length; i++) {
            keys[i] = "key-%04d".formatted(i);
            values[i] = i;
        }
        SnapshotTree<Integer> tree = SnapshotTree.ofSorted(keys, values);
        assertThat(tree.get("key-0777")).isEqualTo(777);
        assertThat(tree.get("key-0777x")).isNull();
        assertThat(tree.rank("key-0500")).isEqualTo(500);
        assertThat(tree.rank("key-0500x")).isEqualTo(501);
        assertThat(tree.rank("a")).isZero();
        assertThat(tree.rank("z")).isEqualTo(1_000);
        List<String> found = new ArrayList<>();
        tree.visit("key-0998x", (k, v) -> found.add(k));
        assertThat(found).containsExactly("key-0999");
    }

    @Test
    void becomesEmptyAgain() {
        SnapshotTree<Integer> tree = SnapshotTree.empty();
        for (int i = 0; i < 500; i++) {
            tree = tree.with("k" + i, i);
        }
        for (int i = 0; i < 500; i++) {
            tree = tree.without("k" + i);
        }
        assertThat(tree.size()).isZero();
        assertThat(tree.with("x", 1).get("x")).isEqualTo(1);
    }
}
