package io.k3j.objectregistry;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.ResourceKind;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Term;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Struct;
import io.k3j.watchcache.StorageKeys;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a writer wants, apart from the object itself. A value; one for each request.
///
/// @param target the kind, in the version of the path
/// @param key the object's; the name is empty for a creation that leaves it to the body or to `generateName`
/// @param subresource empty for the main resource
/// @param caller who asks, for hooks and admission; whether it may has been decided before
/// @param dryRun everything is done but the commit
/// @param manager the field manager
/// @param force an apply may take fields from others
/// @param options create, update, patch or delete options, possibly empty
/// @param term what a leader's write is bound to, null for everybody else's
/// @param warnings takes texts for the client, and annotations for the audit event
/// @param certainty of the last refusal
public record Intent(Target target, Key key, String subresource, Caller caller, boolean dryRun, String manager,
        boolean force, Struct options, @Nullable Term term, Remarks warnings, Certainty certainty) {

    /// Of a request that has not been tried.
    @SuppressWarnings("checkstyle:ParameterNumber") // the record's own, but one
    public Intent(Target target, Key key, String subresource, Caller caller, boolean dryRun, String manager,
            boolean force, Struct options, @Nullable Term term, Remarks warnings) {
        this(target, key, subresource, caller, dryRun, manager, force, options, term, warnings, new Certainty());
    }

    /// The same for another key, once a name has been generated or the object's name was read.
    public Intent at(Key other) {
        return new Intent(target, other, subresource, caller, dryRun, manager, force, options, term, warnings,
                certainty);
    }

    /// The same with other options.
    public Intent with(Struct other) {
        return new Intent(target, key, subresource, caller, dryRun, manager, force, other, term, warnings, certainty);
    }

    /// The same, but nothing is stored.
    public Intent asDryRun() {
        return new Intent(target, key, subresource, caller, true, manager, force, options, term, warnings, certainty);
    }

    /// As hooks and admission see it.
    ///
    /// @param before the stored object, null for a creation
    public Write write(Write.Operation operation, @Nullable Obj before) {
        return new Write(operation, target.kind(), subresource, key, Optional.ofNullable(before).map(Obj::tree), caller,
                dryRun, options, new WriteContext(this, before == null ? 0 : before.revision()));
    }

    /// As authorizers see it: for what a request leads to beside what its path says.
    public Attributes attributes(String verb) {
        Gvr gvr = target.gvr();
        return new Attributes(verb, gvr.group(), gvr.version(), gvr.resource(), subresource, key.namespace(),
                key.name(), "");
    }

    /// What a write may touch, beside what the row of the kind says.
    ResourceKind.Scope scope() {
        return target.kind().subresource(subresource).map(ResourceKind.Subresource::scope)
                .orElse(ResourceKind.Scope.WHOLE);
    }

    /// Where the object lies in the store.
    String storeKey() {
        return StorageKeys.of(target.kind(), key);
    }

    /// 409 because somebody was faster.
    ApiFault outdated() {
        return ApiFault.conflict(target.gvr(), key.name(), "the object has been modified; please apply your changes "
                + "to the latest version and try again");
    }
}
