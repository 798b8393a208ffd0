package io.k3j.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.model.Gvk;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.List;
import org.junit.jupiter.api.Test;

class ApplyCheckTest {
    private static final int LONG = 10_000;
    private final Shape map = new Schemas().shape(Gvk.of("v1", "ConfigMap")).orElseThrow();

    private static Struct object(Object... owners) {
        return Struct.of("metadata", Struct.of("ownerReferences", Seq.of(owners)));
    }

    @Test
    void tellsNoMoreThanSomebodyWillRead() {
        Struct.Builder owner = Struct.builder().put("uid", "u".repeat(LONG));
        for (int i = 0; i < 2 * FieldPaths.MOST; i++) {
            owner.put("unknown" + i, "");
        }
        List<String> problems = ApplyCheck.problems(map, object(owner.build()));
        assertThat(problems).hasSize(FieldPaths.MOST);
        assertThat(problems.getFirst()).startsWith(".metadata.ownerReferences[uid=\"uuu")
                .endsWith(": field not declared in schema").hasSizeLessThan(2 * FieldPaths.MAX_LENGTH);
    }

    @Test
    void shortensTheKeyThatIsGivenTwice() {
        Struct owner = Struct.of("uid", "u".repeat(LONG));
        assertThat(ApplyCheck.problems(map, object(owner, owner))).singleElement().asString()
                .startsWith(".metadata.ownerReferences: duplicate entries for key [uid=\"uuu")
                .hasSizeLessThan(2 * FieldPaths.MAX_LENGTH);
    }
}
