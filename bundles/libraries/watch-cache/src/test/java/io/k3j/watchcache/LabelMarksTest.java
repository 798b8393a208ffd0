package io.k3j.watchcache;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.Json;
import io.k3j.model.Selector;
import io.k3j.model.Struct;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LabelMarksTest {
    private static Item item(Map<String, String> labels) {
        return new Item("/registry/pods/a/p", Json.stored(Struct.of("apiVersion", "v1", "kind", "Pod", "metadata",
                Struct.of("name", "p", "labels", Struct.copyOf(labels)))), 1, 1);
    }

    private static boolean may(Map<String, String> labels, String selector) {
        return LabelMarks.probe(Selector.parse(selector)).test(item(labels).mark());
    }

    @Test
    void nothingThatIsSelectedIsPassedOver() {
        Map<String, String> labels = Map.of("app", "web", "tier", "back", "n", "7", "empty", "");
        for (String selector : new String[] {"", "app", "app=web", "app in (x,web)", "app!=x", "!other", "n>6", "n<8",
                "empty=", "empty", "other notin (a,b)", "app=web,tier=back,n=7"}) {
            assertThat(Selector.parse(selector).matches(item(labels).labels())).as(selector).isTrue();
            assertThat(may(labels, selector)).as(selector).isTrue();
        }
        assertThat(may(Map.of("q\"", "\\"), "other=x")).as("with an escape").isTrue();
    }

    @Test
    void mostOfWhatIsNotSelectedIsPassedOver() {
        int passed = 0;
        for (int i = 0; i < 10_000; i++) {
            passed += may(Map.of("app", "web", "name", "n" + i, "tier", "t" + i % 7), "name=wanted") ? 1 : 0;
        }
        assertThat(passed).isLessThan(200);
        assertThat(may(Map.of(), "app")).isFalse();
        assertThat(LabelMarks.probe(Selector.NOTHING).test(item(Map.of("a", "b")).mark())).isFalse();
    }

    @Test
    void nothingStaysDecoded() {
        Item item = item(Map.of("app", "web"));
        assertThat(item.labels()).containsEntry("app", "web");
        assertThat(item.fresh()).isNotSameAs(item.fresh()).isEqualTo(item.fresh());
        assertThat(item.object()).isSameAs(item.object()).isSameAs(item.fresh());
    }
}
