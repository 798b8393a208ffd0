package io.k3j.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.codec.FieldOrder.Occurrence;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class FieldOrderTest {
    @Test
    void namesPlacesInTheOrderOfTheText() {
        byte[] json = "{\"a\":[{\"x\":1},{\"x\":2,\"y\":3,\"x\":4}],\"z\":0,\"b\":{\"z\":1}}"
                .getBytes(StandardCharsets.UTF_8);
        assertThat(FieldOrder.of(json, List.of("z", "a[1].x", "nowhere"))).containsExactly(
                new Occurrence("a[1].x", false), new Occurrence("a[1].x", true), new Occurrence("z", false));
    }

    @Test
    void readsWhateverCouldBeReadBefore() {
        String name = "n".repeat(100_000);
        byte[] json = ("{\"" + name + "\":" + "[".repeat(900) + "]".repeat(900) + ",\"z\":0}")
                .getBytes(StandardCharsets.UTF_8);
        assertThat(Json.document(json, 0, json.length).object().names()).containsExactly(name, "z");
        assertThat(FieldOrder.of(json, List.of("z"))).containsExactly(new Occurrence("z", false));
    }
}
