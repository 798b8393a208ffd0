package io.k3j.apiserver;

import io.k3j.apiserver.Shaping.Wish;
import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Connect;
import io.k3j.apiserverapi.FieldProblem;
import io.k3j.apiserverapi.Write;
import io.k3j.apiserverapi.Write.Operation;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;

/// Every operation that changes something or reaches into something, whether it came over HTTP or from a component of
/// this process: all of them pass admission as what they are, and a write that turns out to be a creation asks for
/// `create`. What the request itself asks for has been allowed before.
final class Operations {
    private final Access access;
    private final Admissions admissions;
    private final Writes writes;
    private final Deletes deletes;
    private final Patches patches;

    Operations(Access access, Admissions admissions, Writes writes, Deletes deletes, Patches patches) {
        this.access = access;
        this.admissions = admissions;
        this.writes = writes;
        this.deletes = deletes;
        this.patches = patches;
    }

    /// A new object.
    /// @throws ApiFault 409, 422, 403 …
    Outcome create(Intent intent, Struct object) {
        return writes.create(intent, Wish.plain(object));
    }

    /// An object as a whole; a missing one of some kinds is created.
    /// @throws ApiFault 404, 409, 422, 403 …
    Outcome update(Intent intent, Struct object) {
        boolean creates = intent.target().kind().strategy().createOnUpdate() && intent.subresource().isEmpty();
        Function<Obj, Wish> change = before -> Wish.plain(conditional(intent, object));
        return creates ? changedOrCreated(intent, change,
                () -> Wish.plain(object.withoutAt("metadata", "resourceVersion"))) : writes.change(intent, change);
    }

    /// Kinds that may not be overwritten blindly need a version.
    private static Struct conditional(Intent intent, Struct body) {
        boolean named = !body.struct("metadata").text("resourceVersion").isEmpty();
        if (!named && !intent.target().kind().strategy().unconditionalUpdate()) {
            throw Shaping.invalid(intent, List.of(new FieldProblem("metadata.resourceVersion", "FieldValueInvalid",
                    "Invalid value: 0x0: must be specified for an update")));
        }
        return body;
    }

    /// An object changed by a patch; what an apply does not find is created.
    /// @throws ApiFault 404, 409, 422, 403 …
    Outcome patch(Intent intent, Patch patch, Bodies.Expected expected) {
        Function<Obj, Wish> change = before -> patches.wish(intent, patch, before, expected);
        return patch instanceof Patch.Apply apply && intent.subresource().isEmpty()
                ? changedOrCreated(intent, change,
                        () -> patches.apply(intent, Struct.EMPTY, apply.wanted(), expected))
                : writes.change(intent, change);
    }

    private Outcome changedOrCreated(Intent intent, Function<Obj, Wish> change, Supplier<Wish> fresh) {
        for (int left = Writes.RETRIES;; left--) {
            try {
                return writes.change(intent, change);
            } catch (ApiFault f) {
                if (f.code() != 404) {
                    throw f;
                }
                if (writes.present(intent)) {
                    if (left == 1) {
                        throw f;
                    }
                    // somebody has made it since
                    continue;
                }
            }
            access.allowed(intent.caller(), intent.attributes("create"));
            try {
                return writes.create(intent, fresh.get());
            } catch (ApiFault f) {
                if (left == 1 || !f.reason().equals("AlreadyExists")) {
                    throw f;
                }
            }
        }
    }

    /// Deletes an object, or marks it.
    /// @throws ApiFault 404, 409, 403 …
    Outcome delete(Intent intent, DeleteOptions options) {
        return deletes.delete(intent, options);
    }

    /// Deletes what is on a page, and gives what of it was there.
    /// @throws ApiFault 409, 403 …
    List<Item> deleteAll(Intent intent, List<Item> page, DeleteOptions options) {
        List<Item> deleted = new ArrayList<>();
        for (Item item : page) {
            try {
                Key key = item.key(intent.target().kind().storage().prefix());
                deleted.add(deletes.delete(intent.at(key), options).item());
            } catch (ApiFault f) {
                if (f.code() != 404) {
                    throw f;
                }
            }
        }
        return deleted;
    }

    /// A POST that is no plain create: admission sees its body as a new object at the action's path.
    /// @throws ApiFault as the action or a plug-in answers
    Struct act(Intent intent, Action action, Struct body) {
        Write write = intent.write(Operation.CREATE, null);
        Struct admitted = admissions.admit(write, body);
        try {
            admissions.validate(write, admitted);
            String lease = intent.term() == null ? "" : intent.term().lease().name();
            return action.perform(
                    new Action.Call(intent.caller(), intent.key(), admitted, intent.dryRun(), lease));
        } catch (RuntimeException e) {
            admissions.abandoned(write, admitted);
            throw e;
        }
    }

    /// A connection; admission sees what it was asked for with. Blocks for as long as it lasts.
    /// @throws ApiFault as who serves it or a plug-in answers
    void connect(Intent intent, Connect connect, Struct options, Connect.Call call) throws IOException {
        Write write = intent.write(Operation.CONNECT, null);
        admissions.validate(write, admissions.admit(write, options));
        connect.serve(call);
    }
}
