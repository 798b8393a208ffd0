package io.k3j.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.apiserverapi.Lister;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Query;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What everybody promises who shows objects that are not stored ([Lister]). An implementation extends it and says
/// which one is tried, and what it shows.
public abstract class ListerContract {
    private static final int ASKED_AT_ONCE = 16;

    /// The one that is tried. It shows several objects, which stay meanwhile.
    protected abstract Lister lister();

    /// One of the objects it shows.
    protected abstract Key present();

    /// One that it does not.
    protected abstract Key absent();

    private List<Key> keys(Query query) {
        return lister().list(query).stream().map(object -> Obj.of(object).key()).toList();
    }

    @Test
    void guarantee1ItsResourceIsThereAndStays() {
        assertThat(lister().resource().resource()).isNotBlank();
        assertThat(lister().resource()).isEqualTo(lister().resource());
    }

    @Test
    void guarantee2ShowsTheObjectThatWasAskedFor() {
        Struct object = lister().get(present());
        assertThat(object.names()).startsWith("apiVersion", "kind", "metadata");
        assertThat(object.text("apiVersion")).isEqualTo(lister().resource().apiVersion());
        assertThat(object.text("kind")).isNotBlank();
        assertThat(Obj.of(object).key()).isEqualTo(present());
    }

    @Test
    void guarantee3SaysOfWhatIsNotThereThatItIsNot() {
        assertThatThrownBy(() -> lister().get(absent())).isInstanceOfSatisfying(ApiFault.class,
                fault -> assertThat(fault.code()).isEqualTo(HttpURLConnection.HTTP_NOT_FOUND));
    }

    @Test
    void guarantee4ListsWhatIsSelectedByNamespaceAndName() {
        List<Key> all = keys(Query.ALL);
        assertThat(all).hasSizeGreaterThan(1).contains(present()).doesNotContain(absent()).isSorted()
                .doesNotHaveDuplicates();
        assertThat(keys(Query.ALL.where("metadata.name", present().name()))).containsExactlyElementsOf(
                all.stream().filter(key -> key.name().equals(present().name())).toList());
        if (!present().namespace().isEmpty()) {
            assertThat(keys(Query.in(present().namespace()))).containsExactlyElementsOf(
                    all.stream().filter(key -> key.namespace().equals(present().namespace())).toList());
            assertThat(keys(Query.in("a-namespace-that-is-not-there"))).isEmpty();
        }
    }

    @Test
    void guarantee5AListDoesNotChange() {
        List<Struct> list = lister().list(Query.ALL);
        List<Key> first = list.stream().map(object -> Obj.of(object).key()).toList();
        assertThat(list).extracting(object -> Obj.of(object).key()).isEqualTo(first);
        assertThat(list.size()).isEqualTo(first.size());
    }

    @Test
    void guarantee6IsAskedBySeveralThreadsAtOnce() throws Exception {
        List<Key> alone = keys(Query.ALL);
        List<Future<List<Key>>> answers = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < ASKED_AT_ONCE; i++) {
                answers.add(threads.submit(() -> keys(Query.ALL)));
            }
        }
        for (Future<List<Key>> answer : answers) {
            assertThat(answer.get()).isEqualTo(alone);
        }
    }
}
