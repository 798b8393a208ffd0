package io.k3j.objectregistry;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SlotTest {
    private static final Completeness<Object> ANY = Completeness.declared(Set.of(), e -> "");

    private static List<Object> services(Slot<Object> slot) {
        return slot.state().all().stream().map(Slot.Entry::service).toList();
    }

    @Test
    void standsInOrderOfItsProperty() {
        Slot<Object> slot = Slot.lowestFirst("order", ANY);
        slot.add("later", Map.of("order", 20));
        slot.add("first", Map.of("order", 10));
        assertThat(services(slot)).containsExactly("first", "later");
    }

    @Test
    void keepsBothGenerationsAndEitherCanGo() {
        Slot<Object> slot = Slot.highestFirst(ANY);
        slot.add("new", Map.of("service.ranking", 100, "service.id", 9L));
        slot.add("other", Map.of("service.ranking", 50, "service.id", 5L));
        slot.add("old", Map.of("service.ranking", 100, "service.id", 3L));
        assertThat(services(slot)).containsExactly("old", "new", "other");
        slot.remove("new");
        assertThat(services(slot)).containsExactly("old", "other");
        slot.add("new", Map.of("service.ranking", 100, "service.id", 10L));
        slot.remove("old");
        assertThat(services(slot)).containsExactly("new", "other");
    }

    @Test
    void moveWithTheirProperties() {
        Slot<Object> slot = Slot.highestFirst(ANY);
        slot.add("a", Map.of("service.ranking", 1));
        slot.add("b", Map.of("service.ranking", 2));
        slot.add("a", Map.of("service.ranking", 3));
        assertThat(services(slot)).containsExactly("a", "b");
    }

    @Test
    void aNameIsAskedForOnceForEachAddAndBeforeAnybodyIsLockedOut() {
        AtomicBoolean free = new AtomicBoolean();
        AtomicReference<Slot<Object>> mine = new AtomicReference<>();
        AtomicInteger asked = new AtomicInteger();
        Slot<Object> slot = Slot.highestFirst(Completeness.declared(Set.of("a", "b"), e -> {
            asked.incrementAndGet();
            free.set(!Thread.holdsLock(mine.get()));
            return String.valueOf(e.service());
        }));
        mine.set(slot);
        slot.add("a", Map.of());
        slot.add("b", Map.of());
        slot.remove("a");
        assertThat(asked).hasValue(2);
        assertThat(free).isTrue();
        assertThat(slot.state().name()).isEqualTo("a");
    }

    @Test
    void oneThatDoesNotTellItsNameIsThereWithoutOneAndCanGo() {
        Slot<Object> slot = Slot.highestFirst(Completeness.declared(Set.of("a"), e -> {
            if (e.service().equals("mute")) {
                throw new IllegalStateException("broken on purpose");
            }
            return String.valueOf(e.service());
        }));
        slot.add("mute", Map.of());
        slot.add("a", Map.of());
        assertThat(services(slot)).containsExactly("mute", "a");
        assertThat(slot.state().complete()).isTrue();
        slot.remove("mute");
        assertThat(services(slot)).containsExactly("a");
    }

    @Test
    void aMissedOwnerIsToldBesideAMissedName() {
        Slot<Object> slot = Slot.highestFirst(
                Completeness.declaredAndRemembered(Set.of("a"), e -> String.valueOf(e.service())));
        slot.add("plugin", Map.of(Slot.OWNER, "com.acme"));
        slot.remove("plugin");
        slot.add("other", Map.of(Slot.OWNER, "com.other"));
        assertThat(slot.state().missed("plug-in")).containsExactly("plug-in a", "plug-in of com.acme");
        assertThat(slot.state().away("plug-in")).hasMessageStartingWith("plug-in a, plug-in of com.acme is being");
        slot.add("a", Map.of());
        assertThat(slot.state().missed("plug-in")).containsExactly("plug-in of com.acme");
        assertThat(slot.state().complete()).isFalse();
        slot.forget("com.acme");
        assertThat(slot.state().complete()).isTrue();
        assertThat(slot.state().missed("plug-in")).isEmpty();
    }

    @Test
    void anOwnerThatHasNeverBeenHereIsMissedForAsLongAsItIsTold() {
        Slot<Object> slot = Slot.highestFirst(Completeness.remembered());
        slot.told("com.acme", true);
        assertThat(slot.state().missed("plug-in")).containsExactly("plug-in of com.acme");
        slot.forget("com.acme");
        assertThat(slot.state().complete()).as("who installs nothing says nothing").isFalse();
        slot.add("plugin", Map.of(Slot.OWNER, "com.acme"));
        assertThat(slot.state().complete()).as("it decides, and may have to before it is well").isTrue();
        slot.remove("plugin");
        slot.told("com.acme", false);
        assertThat(slot.state().complete()).as("it was here").isFalse();
        slot.forget("com.acme");
        assertThat(slot.state().complete()).isTrue();
    }

    @Test
    void isAnotherStateAfterEachChange() {
        Slot<Object> slot = Slot.highestFirst(ANY);
        Slot.State<Object> before = slot.state();
        slot.add("a", Map.of());
        assertThat(slot.state()).isNotSameAs(before);
        assertThat(before.all()).isEmpty();
    }
}
