package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.clientapi.View;
import io.k3j.clientapi.WriteOptions;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.LiveView;
import io.k3j.model.FieldMask;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.testkit.FakeApi;
import io.k3j.testkit.ManualClock;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What a controller may conclude from the revision of its view: it writes again what the view does not show by then.
class LiveViewTest {
    private final ManualClock clock = new ManualClock();
    private final FakeApi api = FakeApi.stepped(clock);
    private final List<Obj> made = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();
    private final LiveView view = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, clock);

    private void create(String name) {
        made.add(api.create(BuiltinResources.CONFIG_MAPS, Obj.of(Struct.of("apiVersion", "v1", "kind", "ConfigMap",
                "metadata", Struct.of("name", name, "namespace", "default"))), WriteOptions.PLAIN));
    }

    private void look() {
        made.stream().filter(o -> o.revision() <= view.revision())
                .filter(o -> !view.list("default").contains(o) || view.get(o.key()).isEmpty())
                .forEach(o -> missing.add(o.name()));
    }

    private final class Looking implements View.Listener {
        @Override
        public void changed(@Nullable Obj before, @Nullable Obj after) {
            look();
        }

        @Override
        public void synced() {
            look();
        }
    }

    @Test
    void whatTheRevisionCoversIsFoundWhileAnObjectIsTakenIn() {
        view.index("name", o -> {
            if (view.revision() >= o.revision()) {
                missing.add(o.name());
            }
            return List.of(o.name());
        });
        view.attach(api);
        api.deliver();
        create("a");
        create("b");
        api.deliver();
        assertThat(view.revision()).isEqualTo(made.getLast().revision());
        assertThat(missing).isEmpty();
    }

    @Test
    void whatTheRevisionCoversIsFoundWhileAClientTellsWhatThereIs() {
        view.listen(new Looking());
        create("z");
        create("a");
        view.attach(api);
        api.deliver();
        assertThat(view.revision()).isEqualTo(made.getLast().revision());
        assertThat(missing).isEmpty();
    }

    @Test
    void keepsTheFieldsThatAreReadAndTellsNobodyOfTheRest() {
        FieldMask labels = FieldMask.IDENTITY.with("metadata", "labels");
        List<Long> told = new ArrayList<>();
        LiveView some = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, labels, clock).index("app",
                o -> List.of(o.labels().getOrDefault("app", "none")));
        some.listen((before, after) -> told.add(after == null ? 0L : after.revision()));
        some.attach(api);
        create("a");
        Obj first = made.getLast();
        api.deliver();
        Obj silent = api.update(BuiltinResources.CONFIG_MAPS, first.with("v", "data", "k"), WriteOptions.PLAIN);
        api.deliver();
        assertThat(told).containsExactly(first.revision());
        assertThat(some.get(first.key())).contains(labels.of(silent));
        assertThat(some.by("app", "none")).containsExactly(labels.of(silent));
        assertThat(some.revision()).isEqualTo(silent.revision());
        Obj heard = api.update(BuiltinResources.CONFIG_MAPS, silent.with("x", "metadata", "labels", "app"),
                WriteOptions.PLAIN);
        api.deliver();
        assertThat(told).containsExactly(first.revision(), heard.revision());
        assertThat(some.by("app", "x")).containsExactly(labels.of(heard));
    }

    @Test
    void theNextClientTellsNothingOfFieldsThatAreNotKept() {
        List<Long> told = new ArrayList<>();
        LiveView some = new LiveView(BuiltinResources.CONFIG_MAPS, Query.ALL, FieldMask.IDENTITY, clock);
        some.listen((before, after) -> told.add(after == null ? 0L : after.revision()));
        create("a");
        create("b");
        some.attach(api);
        api.deliver();
        some.detach();
        Obj silent = api.update(BuiltinResources.CONFIG_MAPS, made.getFirst().with("v", "data", "k"),
                WriteOptions.PLAIN);
        api.delete(BuiltinResources.CONFIG_MAPS, made.getLast().key(), DeleteOptions.PLAIN);
        some.attach(api);
        api.deliver();
        assertThat(told).hasSize(3).endsWith(0L);
        assertThat(some.list()).containsExactly(FieldMask.IDENTITY.of(silent));
    }

    @Test
    void theRevisionDoesNotCoverWhatTheClientHasAndHasNotToldYet() {
        view.listen(new Looking());
        create("a");
        view.attach(api);
        create("b");
        api.deliver();
        assertThat(view.revision()).isEqualTo(made.getLast().revision());
        assertThat(missing).isEmpty();
    }
}
