package io.k3j.stage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.k3j.clientapi.ApiFault;
import io.k3j.controllerkit.BuiltinResources;
import io.k3j.controllerkit.IndependentSteps;
import io.k3j.model.Seq;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class IndependentStepsTest {
    private final IndependentSteps steps = new IndependentSteps();
    private final List<String> done = new ArrayList<>();

    private void refused(ApiFault fault) {
        steps.make(() -> {
            throw fault;
        });
    }

    @Test
    void whatIsRefusedKeepsNothingElseFromBeingDoneAndIsToldAtTheEnd() {
        ApiFault fault = ApiFault.forbidden(BuiltinResources.PODS, "a", "no");
        steps.make(() -> done.add("first"));
        refused(fault);
        refused(ApiFault.internal("not now"));
        steps.make(() -> done.add("last"));
        assertThat(done).containsExactly("first", "last");
        assertThat(steps.fault()).isSameAs(fault);
        assertThatThrownBy(steps::end).isSameAs(fault);
    }

    @Test
    void thatTheNamespaceGoesIsToldOnlyWhereNothingElseIs() {
        ApiFault going = new ApiFault(403, "Forbidden", "it is being terminated",
                Struct.of("causes", Seq.of(Struct.of("reason", "NamespaceTerminating"))));
        refused(going);
        assertThat(steps.fault()).isSameAs(going);
        ApiFault fault = ApiFault.internal("not now");
        refused(fault);
        refused(going);
        assertThat(steps.fault()).isSameAs(fault);
    }

    @Test
    void doesTheSameWithEachAndTellsWhatWasRefusedOfAny() {
        ApiFault fault = ApiFault.forbidden(BuiltinResources.PODS, "b", "no");
        Set<String> each = ConcurrentHashMap.newKeySet();
        steps.each(List.of("a", "b", "c"), name -> {
            each.add(name);
            if (name.equals("b")) {
                throw fault;
            }
        });
        assertThat(each).containsExactlyInAnyOrder("a", "b", "c");
        assertThat(steps.fault()).isSameAs(fault);
    }
}
