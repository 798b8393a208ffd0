package com.example.labelpolicy;

import io.k3j.apiserverapi.Admission;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// Refuses, or warns of, what lacks the labels that policies demand. Called by many threads at once; keeps nothing.
final class LabelAdmission implements Admission {
    private final Supplier<? extends Collection<Obj>> policies;

    /// @param policies all there are at the moment
    LabelAdmission(Supplier<? extends Collection<Obj>> policies) {
        this.policies = policies;
    }

    @Override
    public String name() {
        return "LabelPolicy";
    }

    @Override
    public boolean handles(Write write) {
        return concerned(write).findAny().isPresent();
    }

    @Override
    public void validate(Write write, Struct object) {
        objections(write, object, false).findFirst().ifPresent(why -> {
            throw ApiFault.forbidden(write.kind().gvr(), write.key().name(), why);
        });
    }

    @Override
    public List<String> warnings(Write write, Struct object) {
        return objections(write, object, true).toList();
    }

    private Stream<String> objections(Write write, Struct object, boolean warnings) {
        return concerned(write).filter(policy -> policy.warns() == warnings).map(policy -> policy.objection(object))
                .filter(why -> !why.isEmpty()).sorted();
    }

    private Stream<LabelPolicy> concerned(Write write) {
        return policies.get().stream().map(LabelPolicy::of).filter(policy -> policy.concerns(write));
    }
}
