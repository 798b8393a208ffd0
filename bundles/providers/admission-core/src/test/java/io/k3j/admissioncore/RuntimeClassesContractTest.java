package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.model.Struct;
import io.k3j.testkit.AdmissionContract;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;

/// A plug-in that refuses.
class RuntimeClassesContractTest extends AdmissionContract {
    private final Stage stage = new Stage();
    private final RuntimeClasses plugin = new RuntimeClasses(stage.world);

    @AfterEach
    void close() {
        stage.close();
    }

    @Override
    protected Admission plugin() {
        return plugin;
    }

    @Override
    protected Sample passed() {
        return Sample.created(Listers.PODS, Stage.pod(Struct.EMPTY));
    }

    @Override
    protected Optional<Sample> refused() {
        return Optional.of(Sample.created(Listers.PODS, Stage.pod(Struct.of("runtimeClassName", "absent"))));
    }
}
