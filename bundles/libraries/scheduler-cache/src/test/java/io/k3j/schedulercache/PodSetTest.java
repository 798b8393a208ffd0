package io.k3j.schedulercache;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The pods of a node, of which there may be very many.
class PodSetTest {
    private static final int MANY = 20_000;

    private static PodInfo pod(String uid) {
        return new PodInfo(Obj.of(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", uid, "namespace", "default", "uid", uid), "spec", Struct.EMPTY)));
    }

    private static List<PodInfo> pods(int number) {
        List<PodInfo> all = new ArrayList<>();
        for (int i = 0; i < number; i++) {
            all.add(pod("u" + i));
        }
        return all;
    }

    /// The slots of a set's parts that another one does not share.
    private static int copied(Object[] part, Set<Object> known) {
        if (known.contains(part)) {
            return 0;
        }
        int slots = part.length;
        if (!(part instanceof PodInfo[])) {
            for (Object child : part) {
                slots += copied((Object[]) child, known);
            }
        }
        return slots;
    }

    private static Set<Object> parts(Object[] part, Set<Object> all) {
        all.add(part);
        if (!(part instanceof PodInfo[])) {
            for (Object child : part) {
                parts((Object[]) child, all);
            }
        }
        return all;
    }

    private static int copied(PodSet before, PodSet after) {
        return copied(after.root(), parts(before.root(), Collections.newSetFromMap(new IdentityHashMap<>())));
    }

    @Test
    void aChangeCopiesAFewPartsHoweverManyPodsThereAre() {
        List<PodInfo> all = pods(MANY);
        PodSet set = PodSet.NONE;
        int most = 0;
        for (int i = 0; i < MANY; i++) {
            PodSet next = set.plus(all.get(i));
            if (i % 997 == 0) {
                most = Math.max(most, copied(set, next));
            }
            set = next;
        }
        // five branches and a leaf; a leaf that becomes a branch is copied into its children
        assertThat(most).isLessThanOrEqualTo(7 * PodSet.WIDTH);
        assertThat(copied(set, set.minus(all.get(MANY / 2)))).isLessThanOrEqualTo(6 * PodSet.WIDTH);
    }

    @Test
    void everyVersionHasItsPodsAndNoOthers() {
        List<PodInfo> all = pods(500);
        PodSet set = PodSet.NONE;
        for (PodInfo pod : all) {
            set = set.plus(pod);
        }
        PodSet full = set;
        List<PodInfo> order = new ArrayList<>(all);
        Collections.shuffle(order, new Random(1));
        for (int i = 0; i < order.size(); i++) {
            assertThat(set.find(order.get(i).uid())).isSameAs(order.get(i));
            set = set.minus(order.get(i));
            assertThat(set.find(order.get(i).uid())).isNull();
            assertThat(set).hasSize(order.size() - i - 1);
            if (i % 50 == 0) {
                assertThat(set).containsExactlyInAnyOrderElementsOf(order.subList(i + 1, order.size()));
            }
        }
        assertThat(set).isEmpty();
        assertThat(full).containsExactlyInAnyOrderElementsOf(all);
        assertThat(full.minus(pod("u1"))).as("another of the same UID").isSameAs(full);
    }

    @Test
    void aFewAreInTheOrderTheyCameIn() {
        List<PodInfo> few = pods(PodSet.WIDTH);
        PodSet set = PodSet.NONE;
        for (PodInfo pod : few) {
            set = set.plus(pod);
        }
        assertThat(set).containsExactlyElementsOf(few);
    }

    @Test
    void podsOfOneUidAreKeptApart() {
        PodSet set = PodSet.NONE;
        List<PodInfo> same = new ArrayList<>();
        for (int i = 0; i < 3 * PodSet.WIDTH; i++) {
            same.add(pod("u"));
            set = set.plus(same.getLast());
        }
        assertThat(set).containsExactlyInAnyOrderElementsOf(same);
        assertThat(set.minus(same.getFirst())).doesNotContain(same.getFirst()).hasSize(same.size() - 1);
    }
}
