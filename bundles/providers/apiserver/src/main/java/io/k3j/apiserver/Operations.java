package io.k3j.apiserver;

import io.k3j.apiserverapi.Action;
import io.k3j.apiserverapi.Authorizer.Attributes;
import io.k3j.apiserverapi.Caller;
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
import io.k3j.objectregistry.Admissions;
import io.k3j.objectregistry.Intent;
import io.k3j.objectregistry.Metadata;
import io.k3j.objectregistry.ObjectDecoder;
import io.k3j.objectregistry.ObjectDeletes;
import io.k3j.objectregistry.ObjectRegistry;
import io.k3j.objectregistry.ObjectWrites;
import io.k3j.objectregistry.Patches;
import io.k3j.objectregistry.Shaping;
import io.k3j.objectregistry.Shaping.Wish;
import io.k3j.objectregistry.WriteResult;
import io.k3j.watchcache.Item;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.Supplier;

/// All operations that change an object or connect to one, over HTTP or from a component of this process. Each passes
/// admission; a write that turns out to be a creation also needs the verb `create`. The caller has authorized the
/// original verb.
final class Operations {
    private final BiConsumer<Caller, Attributes> allowed;
    private final Admissions admissions;
    private final ObjectWrites writes;
    private final ObjectDeletes deletes;
    private final Patches patches;

    /// @param allowed returns when a caller may perform an action, else throws
    Operations(BiConsumer<Caller, Attributes> allowed, Admissions admissions, ObjectRegistry objects) {
        this.allowed = allowed;
        this.admissions = admissions;
        this.writes = objects.writes();
        this.deletes = objects.deletes();
        this.patches = objects.patches();
    }

    /// Creates an object.
    /// @throws ApiFault 409, 422, 403 …
    WriteResult create(Intent intent, Struct object) {
        return writes.create(intent, Wish.plain(object));
    }

    /// Replaces an object; kinds with create-on-update are created when missing.
    /// @throws ApiFault 404, 409, 422, 403 …
    WriteResult update(Intent intent, Struct object) {
        boolean creates = intent.target().kind().strategy().createOnUpdate() && intent.subresource().isEmpty();
        Function<Obj, Wish> change = before -> Wish.plain(conditional(intent, object));
        return creates ? updateOrCreate(intent, change, () -> fresh(object)) : writes.change(intent, change);
    }

    /// Whichever version the body names, the object is to be new; only what is no version at all is refused.
    private static Wish fresh(Struct body) {
        return Metadata.version(body.struct("metadata")) == 0 ? Wish.plain(body)
                : Wish.plain(body.withoutAt("metadata", "resourceVersion"));
    }

    /// Requires a resourceVersion for kinds without unconditional update.
    private static Struct conditional(Intent intent, Struct body) {
        boolean named = Metadata.version(body.struct("metadata")) != 0;
        if (!named && !intent.target().kind().strategy().unconditionalUpdate()) {
            throw Shaping.invalid(intent, List.of(new FieldProblem("metadata.resourceVersion", "FieldValueInvalid",
                    "Invalid value: 0x0: must be specified for an update")));
        }
        return body;
    }

    /// Patches an object; server-side apply creates a missing one.
    /// @throws ApiFault 404, 409, 422, 403 …
    WriteResult patch(Intent intent, Patch patch, ObjectDecoder.Expected expected) {
        Function<Obj, Wish> change = before -> patches.wish(intent, patch, before, expected);
        return patch instanceof Patch.Apply apply && intent.subresource().isEmpty()
                ? updateOrCreate(intent, change,
                        () -> patches.apply(intent, Struct.EMPTY, apply.wanted(), expected))
                : writes.change(intent, change);
    }

    /// What is not there, as far as this server knows, is created without a question before: the store compares. Only
    /// where that is refused it matters whether another server has created the object meanwhile; it is changed then.
    private WriteResult updateOrCreate(Intent intent, Function<Obj, Wish> change, Supplier<Wish> fresh) {
        // a dry run does not come to the store, which would compare
        boolean unknown = !intent.dryRun() && !writes.present(intent);
        boolean create = unknown;
        for (int left = 2 * ObjectWrites.RETRIES;; left--) {
            try {
                return create ? created(intent, fresh) : writes.change(intent, change);
            } catch (ApiFault f) {
                boolean otherwise = create ? there(intent, f, unknown) : f.code() == 404;
                if (left == 1 || !otherwise) {
                    throw f;
                }
                create = !create && !writes.present(intent);
                unknown = false;
            }
        }
    }

    private WriteResult created(Intent intent, Supplier<Wish> fresh) {
        allowed.accept(intent.caller(), intent.attributes("create"));
        return writes.create(intent, fresh.get());
    }

    /// Whether an object that could not be created turns out to be there. Of 503 and 504 the store, or who is away, is
    /// the reason.
    /// @param unknown nobody has been asked yet
    private boolean there(Intent intent, ApiFault refusal, boolean unknown) {
        return refusal.reason().equals("AlreadyExists")
                || unknown && refusal.code() < 503 && writes.confirmed(intent);
    }

    /// Deletes an object, or marks it for deletion.
    /// @throws ApiFault 404, 409, 403 …
    WriteResult delete(Intent intent, DeleteOptions options) {
        return deletes.delete(intent, options);
    }

    /// Deletes the objects of a page; returns those that existed.
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

    /// Performs an action: a POST that is not a plain create. Admission sees its body as a new object at the action's
    /// path.
    /// @throws ApiFault from the action or a plug-in
    Struct act(Intent intent, Action action, Struct body) {
        Write write = intent.write(Operation.CREATE, null);
        Struct admitted = admissions.admit(write, body);
        try {
            admissions.validate(write, admitted);
            String lease = intent.term() == null ? "" : intent.term().lease().name();
            return action.perform(new Action.Call(intent.caller(), intent.key(), admitted, intent.dryRun(), lease,
                    intent.warnings()));
        } catch (RuntimeException e) {
            admissions.abandoned(write, admitted);
            throw e;
        }
    }

    /// Serves a connection; admission sees its options. Blocks until the connection ends.
    /// @throws ApiFault from the handler or a plug-in
    void connect(Intent intent, Connect connect, Struct options, Connect.Call call) throws IOException {
        Write write = intent.write(Operation.CONNECT, null);
        admissions.validate(write, admissions.admit(write, options));
        connect.serve(call);
    }
}
