package io.k3j.apiserver;

import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
import io.k3j.apiserverapi.Write;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.Term;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Struct;
import io.k3j.watchcache.Keys;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a writer wants, apart from the object itself.
/// @param subresource empty for the main resource
/// @param manager the field manager
/// @param force an apply may take fields from others
/// @param options create, update, patch or delete options, possibly empty
/// @param term what a leader's write is bound to, null for everybody else's
/// @param warnings takes texts for the client
record Intent(Target target, Key key, String subresource, Caller caller, boolean dryRun, String manager, boolean force,
        Struct options, @Nullable Term term, Consumer<String> warnings) {

    /// The same for another key, once a name has been generated or the object's name was read.
    Intent at(Key other) {
        return new Intent(target, other, subresource, caller, dryRun, manager, force, options, term, warnings);
    }

    /// The same with other options.
    Intent with(Struct other) {
        return new Intent(target, key, subresource, caller, dryRun, manager, force, other, term, warnings);
    }

    /// The same in the name of a field manager.
    Intent managedBy(String other) {
        return new Intent(target, key, subresource, caller, dryRun, other, force, options, term, warnings);
    }

    /// The same, but nothing is stored.
    Intent asDryRun() {
        return new Intent(target, key, subresource, caller, true, manager, force, options, term, warnings);
    }

    /// As hooks and admission see it.
    Write write(Write.Operation operation, @Nullable Struct before) {
        return new Write(operation, target.kind(), subresource, key, Optional.ofNullable(before), caller, dryRun,
                options);
    }

    /// As authorizers see it.
    Attributes attributes(String verb) {
        Gvr gvr = target.gvr();
        return new Attributes(verb, gvr.group(), gvr.version(), gvr.resource(), subresource, key.namespace(),
                key.name(), "");
    }

    /// Where the object lies in the store.
    String storeKey() {
        return Keys.of(target.kind(), key);
    }

    /// 409 because somebody was faster.
    ApiFault outdated() {
        return ApiFault.conflict(target.gvr(), key.name(), "the object has been modified; please apply your changes "
                + "to the latest version and try again");
    }
}
