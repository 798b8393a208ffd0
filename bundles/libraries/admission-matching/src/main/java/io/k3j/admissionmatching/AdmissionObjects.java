package io.k3j.admissionmatching;

import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.model.Gvk;
import io.k3j.model.Struct;
import org.jspecify.annotations.Nullable;

/// The forms of the object that is shown; null: there is none.
public record AdmissionObjects(@Nullable Struct object, @Nullable Struct old) {
    /// In the form of a matched request. What goes is an old object only. For the writing thread.
    /// @throws io.k3j.clientapi.ApiFault 500 when an object cannot be converted
    public static AdmissionObjects of(MatchedRequest matched, Write write, Struct object) {
        Struct now = write.operation() == Operation.DELETE ? null : form(matched, write, object);
        Struct old = write.before().map(b -> form(matched, write, b)).orElse(null);
        boolean update = write.operation() == Operation.UPDATE;
        return new AdmissionObjects(now == null || !update ? now : revised(write, now),
                old == null ? null : revised(write, old));
    }

    private static Struct form(MatchedRequest matched, Write write, Struct object) {
        boolean named = !object.text("kind").isEmpty();
        Gvk kind = write.kind().gvk();
        return write.context().converted(named ? object
                : object.with("apiVersion", kind.apiVersion()).with("kind", kind.kind()), matched.resource());
    }

    private static Struct revised(Write write, Struct object) {
        return write.context().revision() == 0 ? object
                : object.withAt(Long.toString(write.context().revision()), "metadata", "resourceVersion");
    }
}
