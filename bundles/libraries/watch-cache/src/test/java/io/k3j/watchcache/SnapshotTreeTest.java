package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SnapshotTreeTest {
    @Test
    void behavesAsASortedMapAndKeepsOldPictures() {
        Random random = new Random(42);
        TreeMap<String, Integer> model = new TreeMap<>();
        SnapshotTree<Integer> tree = SnapshotTree.empty();
        List<SnapshotTree<Integer>> pictures = new ArrayList<>();
        List<TreeMap<String, Integer>> models = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            TreeMap<String, @Nullable Integer> changes = new TreeMap<>();
            for (int change = random.nextInt(i % 100 == 0 ? 500 : 20); change >= 0; change--) {
                changes.put("k" + random.nextInt(3_000), random.nextInt(3) == 0 ? null : i);
            }
            tree = tree.with(changes);
            changes.forEach((key, value) -> change(model, key, value));
            if (i % 200 == 0) {
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

    private static void change(TreeMap<String, Integer> model, String key, @Nullable Integer value) {
        if (value == null) {
            model.remove(key);
        } else {
            model.put(key, value);
        }
    }

    private static String entries(SnapshotTree<Integer> tree, String from) {
        List<String> all = new ArrayList<>();
        tree.visit(from, (k, v) -> all.add(k + "=" + v));
        return all.toString();
    }

    private static SnapshotTree<Integer> thousand() {
        SnapshotTree.Ascending<Integer> ascending = new SnapshotTree.Ascending<>();
        for (int i = 0; i < 1_000; i++) {
            ascending.add("key-%04d".formatted(i), i);
        }
        return ascending.tree();
    }

    @Test
    void anyNumberOfEntriesMakesATree() {
        for (int count : new int[] {0, 1, 63, 64, 65, 128, 4_096, 4_097}) {
            SnapshotTree.Ascending<Integer> ascending = new SnapshotTree.Ascending<>();
            TreeMap<String, Integer> model = new TreeMap<>();
            for (int i = 0; i < count; i++) {
                ascending.add("key-%04d".formatted(i), i);
                model.put("key-%04d".formatted(i), i);
            }
            SnapshotTree<Integer> tree = ascending.tree();
            assertThat(tree.size()).isEqualTo(count);
            assertThat(entries(tree, "")).isEqualTo(model.entrySet().toString());
        }
    }

    @Test
    void findsRanksAndStartsAnywhere() {
        SnapshotTree<Integer> tree = thousand();
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

    /// Datastores put them in the order of their UTF-8 bytes, in which U+FF01 is below U+1F600; in Java's it is above.
    private static List<String> wide() {
        List<String> keys = new ArrayList<>();
        for (String first : List.of("\uFF01", "\uD83D\uDE00")) {
            for (int i = 0; i < 200; i++) {
                keys.add("/registry/rolebindings/a/" + first + "a%03d".formatted(i));
            }
        }
        return keys;
    }

    private static void holds(SnapshotTree<Integer> tree, List<String> keys) {
        List<String> found = new ArrayList<>();
        tree.visit("/registry/rolebindings/", "/registry/rolebindings0", mark -> true, (key, value) -> found.add(key));
        assertThat(found).isEqualTo(keys);
        for (int i = 0; i < keys.size(); i++) {
            assertThat(tree.get(keys.get(i))).as(keys.get(i)).isEqualTo(i);
            assertThat(tree.rank(keys.get(i))).isEqualTo(i);
        }
        List<String> one = new ArrayList<>();
        tree.visit(keys.get(150), keys.get(150) + "\0", mark -> true, (key, value) -> one.add(key));
        assertThat(one).containsExactly(keys.get(150));
    }

    @Test
    void keysAreInTheOrderOfADatastore() {
        List<String> keys = wide();
        SnapshotTree.Ascending<Integer> ascending = new SnapshotTree.Ascending<>();
        TreeMap<String, @Nullable Integer> changes = new TreeMap<>();
        for (int i = 0; i < keys.size(); i++) {
            ascending.add(keys.get(i), i);
            changes.put(keys.get(i), i);
        }
        SnapshotTree<Integer> loaded = ascending.tree();
        holds(loaded, keys);
        holds(SnapshotTree.<Integer>empty().with(changes), keys);
        holds(loaded.with(changes), keys);
        holds(SnapshotTree.<Integer>empty().with(new HashMap<>(changes)), keys);
        SnapshotTree<Integer> fewer = loaded.with(new TreeMap<>(changes.tailMap(keys.getFirst())));
        holds(fewer, keys);
        changes.replaceAll((key, value) -> null);
        assertThat(loaded.with(changes).size()).isZero();
    }

    /// Nodes that are shared cost nothing, whatever the height of the tree.
    @Test
    void tellsWhatItTakesBesideAnother() {
        TreeMap<String, @Nullable Integer> changes = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            changes.put("k%05d".formatted(i), i);
        }
        SnapshotTree<Integer> tree = SnapshotTree.<Integer>empty().with(changes);
        long all = tree.bytesBeyond(SnapshotTree.empty());
        assertThat(all).isBetween(20_000L * 16, 20_000L * 32);
        assertThat(tree.bytesBeyond(tree)).isZero();
        SnapshotTree<Integer> other = tree.with(new TreeMap<>(Map.of("k07777", 1)));
        assertThat(other.bytesBeyond(tree)).isBetween(1_000L, 4_000L);
        SnapshotTree<Integer> split = tree;
        for (int i = 0; i < 64; i++) {
            SnapshotTree<Integer> before = split;
            split = before.with(new TreeMap<>(Map.of("k07777-%02d".formatted(i), 1)));
            assertThat(split.bytesBeyond(before)).isBetween(500L, 6_000L);
        }
    }

    private record Bits(long mark) implements SnapshotTree.Marked {
    }

    @Test
    void passesOverValuesByTheirMarks() {
        Random random = new Random(43);
        TreeMap<String, Bits> model = new TreeMap<>();
        SnapshotTree.Ascending<Bits> ascending = new SnapshotTree.Ascending<>();
        ascending.add("k5", new Bits(3));
        SnapshotTree<Bits> tree = ascending.tree();
        model.put("k5", new Bits(3));
        for (int i = 0; i < 300; i++) {
            TreeMap<String, @Nullable Bits> changes = new TreeMap<>();
            for (int change = random.nextInt(i % 50 == 0 ? 500 : 20); change >= 0; change--) {
                changes.put("k" + random.nextInt(3_000), random.nextInt(3) == 0 ? null : new Bits(random.nextLong(8)));
            }
            tree = tree.with(changes);
            changes.forEach((key, bits) -> {
                model.remove(key);
                if (bits != null) {
                    model.put(key, bits);
                }
            });
            String start = "k" + random.nextInt(3_000);
            String end = "k" + random.nextInt(3_000);
            long wanted = random.nextLong(8);
            List<String> found = new ArrayList<>();
            tree.visit(start, end, mark -> (mark & wanted) == wanted, (key, bits) -> found.add(key));
            assertThat(found).isEqualTo(start.compareTo(end) > 0 ? List.of() : model.subMap(start, end).entrySet()
                    .stream().filter(e -> (e.getValue().mark() & wanted) == wanted).map(Map.Entry::getKey).toList());
        }
    }

    @Test
    void becomesEmptyAgain() {
        TreeMap<String, @Nullable Integer> changes = new TreeMap<>();
        for (int i = 0; i < 20_000; i++) {
            changes.put("k" + i, i);
        }
        SnapshotTree<Integer> full = SnapshotTree.<Integer>empty().with(changes);
        assertThat(full.size()).isEqualTo(20_000);
        changes.replaceAll((key, value) -> null);
        SnapshotTree<Integer> tree = full.with(changes);
        assertThat(tree.size()).isZero();
        assertThat(tree.get("k7")).isNull();
        assertThat(tree.with(new TreeMap<>(Map.of("x", 1))).get("x")).isEqualTo(1);
        assertThat(full.get("k7")).isEqualTo(7);
    }
}
