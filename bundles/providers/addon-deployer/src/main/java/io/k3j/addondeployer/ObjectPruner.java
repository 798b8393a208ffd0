package io.k3j.addondeployer;

import io.k3j.clientapi.ApiClient;
import io.k3j.clientapi.ApiFault;
import io.k3j.clientapi.DeleteOptions;
import io.k3j.clientapi.Query;
import io.k3j.model.Gvk;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/// Deletes what an Addon made and its file has no more. Looks for it in every namespace, among the kinds that the file
/// has or had; kinds that are not served any more have no objects. Blocks for the API.
final class ObjectPruner {
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private final ApiClient api;
    private final DeployableKinds kinds;

    ObjectPruner(ApiClient api, DeployableKinds kinds) {
        this.api = api;
        this.kinds = kinds;
    }

    /// An object whatever the version it is asked for in.
    private record Identity(String group, String kind, Key key) {
        static Identity of(Obj object) {
            return new Identity(object.gvk().group(), object.gvk().kind(), object.key());
        }
    }

    /// Deletes all of the owner's objects but those kept, those of later kinds first: definitions and namespaces are
    /// mostly the first ones of a file.
    ///
    /// @param among the kinds to look among
    /// @return how many were deleted
    /// @throws ApiFault when the API refuses something; what was deleted is
    int prune(OwnerMarks owner, Collection<Gvk> among, Collection<Obj> kept) {
        Set<Identity> keep = new HashSet<>();
        kept.forEach(object -> keep.add(Identity.of(object)));
        int deleted = 0;
        for (Gvk gvk : new LinkedHashSet<>(among).reversed()) {
            Optional<DeployableKinds.Kind> kind = kinds.find(gvk);
            if (kind.isPresent()) {
                for (Obj object : api.list(kind.get().resource(), Query.ALL.labelled(owner.selector())).items()) {
                    Obj whole = named(object, gvk);
                    boolean goes = owner.own(whole) && !keep.contains(Identity.of(whole)) && !whole.terminating()
                            && !"false".equals(whole.labels().get(OwnerMarks.PRUNE));
                    deleted += goes && delete(kind.get(), whole) ? 1 : 0;
                }
            }
        }
        return deleted;
    }

    /// Items of lists need not say their kind.
    private static Obj named(Obj object, Gvk gvk) {
        return object.with(gvk.apiVersion(), "apiVersion").with(gvk.kind(), "kind");
    }

    /// Only the object that was looked at, by its uid.
    private boolean delete(DeployableKinds.Kind kind, Obj object) {
        try {
            api.delete(kind.resource(), object.key(),
                    DeleteOptions.PLAIN.ifUid(object.uid()).propagating("Background"));
            return true;
        } catch (ApiFault gone) {
            if (gone.code() != NOT_FOUND && gone.code() != CONFLICT) {
                throw gone;
            }
            return false;
        }
    }
}
