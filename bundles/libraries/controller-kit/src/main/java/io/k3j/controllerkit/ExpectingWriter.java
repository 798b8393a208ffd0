package io.k3j.controllerkit;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.WriteOptions;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Writes in the name of one controller and remembers each, so that its loop does not come back to the same key
/// before the views show what was written. (Upstream calls this expectations.) Without it a controller that looks
/// at a view from before its own write would create the same pod once more.
///
/// For one pass of one key, on any thread of it. Each write blocks for the API; what the API refuses comes as an
/// `ApiFault` and is not remembered.
public final class ExpectingWriter {
    /// A write some view has to show: an object at a revision (a new one if `born`), or (revision 0) a deleted one
    /// gone.
    record Touch(Gvr resource, Key key, String uid, long revision, boolean born) {
    }

    private final ApiClient api;
    private final List<Touch> touched = new ArrayList<>();

    /// Writes through `api`.
    public ExpectingWriter(ApiClient api) {
        this.api = api;
    }

    /// The client, for reads and what needs no memory. What is read by it may be newer than the views.
    public ApiClient api() {
        return api;
    }

    /// Creates an object.
    ///
    /// @return as it is stored
    public Obj create(Gvr resource, Obj object) {
        Obj made = api.create(resource, object, WriteOptions.PLAIN);
        touch(new Touch(resource, made.key(), made.uid(), made.revision(), true));
        return made;
    }

    /// Replaces an object whose revision must still be the newest.
    ///
    /// @throws ApiFault 409 when it is not
    public Obj update(Gvr resource, Obj object) {
        return touched(resource, api.update(resource, object, WriteOptions.PLAIN));
    }

    /// Replaces an object's status.
    public Obj updateStatus(Gvr resource, Obj object) {
        return touched(resource, api.update(resource, object, WriteOptions.STATUS));
    }

    /// Replaces an object's status unless it is the same already.
    public Obj updateStatus(Gvr resource, Obj object, Struct status) {
        return object.status().equals(status) ? object : updateStatus(resource, object.with(status, "status"));
    }

    /// Changes an object by description; without a revision in it, whatever there is now.
    public Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options) {
        return touched(resource, api.patch(resource, key, patch, options));
    }

    /// Deletes an object as long as it is this one, by its uid; that it has gone already, or that another has its
    /// name, is fine.
    ///
    /// @return whether it was there
    public boolean delete(Gvr resource, Obj object, DeleteOptions options) {
        try {
            api.delete(resource, object.key(), options.ifUid(object.uid()));
        } catch (ApiFault fault) {
            if (fault.code() == 404 || fault.code() == 409) {
                return false;
            }
            throw fault;
        }
        touch(new Touch(resource, object.key(), object.uid(), 0, false));
        return true;
    }

    /// Deletes an object with default options.
    public boolean delete(Gvr resource, Obj object) {
        return delete(resource, object, DeleteOptions.PLAIN);
    }

    private Obj touched(Gvr resource, Obj written) {
        touch(new Touch(resource, written.key(), written.uid(), written.revision(), false));
        return written;
    }

    private synchronized void touch(Touch touch) {
        touched.add(touch);
    }

    synchronized List<Touch> touches() {
        return List.copyOf(touched);
    }

    /// Whether a view shows what was written, or something later.
    ///
    /// @param view null when the loop does not look at such objects: nothing is waited for then
    static boolean shown(Touch touch, @Nullable LiveView view) {
        if (view == null) {
            return true;
        }
        if (touch.revision() > 0 && view.revision() >= touch.revision()) {
            return true;
        }
        Optional<Obj> there = view.get(touch.key()).filter(o -> o.uid().equals(touch.uid()));
        return !touch.born() && (there.isEmpty() || touch.revision() == 0 && there.get().terminating());
    }
}
