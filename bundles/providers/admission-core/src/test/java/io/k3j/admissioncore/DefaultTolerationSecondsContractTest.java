package io.k3j.admissioncore;

import io.k3j.apiserverapi.Admission;
import io.k3j.model.Struct;
import io.k3j.testkit.AdmissionContract;
import java.util.Optional;

/// A plug-in that changes what it lets pass.
class DefaultTolerationSecondsContractTest extends AdmissionContract {
    @Override
    protected Admission plugin() {
        return new DefaultTolerationSeconds();
    }

    @Override
    protected Sample passed() {
        return Sample.created(Listers.PODS, Stage.pod(Struct.EMPTY));
    }

    @Override
    protected Optional<Sample> refused() {
        return Optional.empty();
    }
}
