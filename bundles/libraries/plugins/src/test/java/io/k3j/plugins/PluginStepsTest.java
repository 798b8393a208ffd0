package io.k3j.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.k3j.featuremodel.ChangePlan;
import io.k3j.featuremodel.Feature;
import io.k3j.featuremodel.Handle;
import io.k3j.featuremodel.Step;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Version;

class PluginStepsTest {
    private static final Handle SAME = new Handle("com.acme.same", "plugin:same.jar", "1");
    private static final Handle OLD = new Handle("com.acme.other", "plugin:old.jar", "2");
    private static final Handle NEW = new Handle("com.acme.other", "plugin:new.jar", "3");

    private static Plugin plugin(Handle... handles) {
        return new Plugin("acme.far", new Feature("acme", Set.of(), List.of(), List.of(), Map.of(), Map.of(), List.of(),
                Map.of(), Optional.empty(), Set.of(), Map.of()),
                Arrays.stream(handles).map(one -> new Plugin.Part(one, Version.emptyVersion)).toList(), "acme.far");
    }

    @Test
    void whatBothVersionsHaveIsNotInstalledAgainSoThatItIsNotTakenOutWhenTheRestFails() {
        ChangePlan beside = PluginSteps.beside(plugin(SAME, NEW), plugin(SAME, OLD));
        assertThat(beside.steps()).containsExactly(new Step.Install(NEW));
    }
}
