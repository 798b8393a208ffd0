package io.k3j.clientapi;

import io.k3j.model.FieldMask;
import io.k3j.model.Gvr;
import io.k3j.model.Key;
import io.k3j.model.Obj;
import io.k3j.model.Patch;
import io.k3j.model.Struct;
import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/// Everything one identity may do with the API.
///
/// **Who.** `apiserver` (property `scope=local`) or `client-http` (`scope=remote`) provides it as a
/// bundle-scoped service; every component takes it.
///
/// **Identity.** Decided by the `identity` of the calling bundle's `feature.json`, never by the
/// caller; [#as] chooses among several declared ones.
///
/// **Threads.** Any virtual thread; every method blocks until answered.
///
/// **Failure.** Everything the API refuses is an [ApiFault] with upstream's reason and message. A
/// server that cannot be reached is an [ApiFault] with code 503; so is a write of a leader who leads no more.
@ProviderType
public interface ApiClient {
    /// The same client as another identity declared for this bundle, by its user name.
    /// @throws IllegalArgumentException when it is not declared
    ApiClient as(String user);

    /// The same client, whose writes take place only as long as this server holds a lease ([Candidate#LEASES]) as it
    /// does now: each is bound to that of the present [Term]. Taken by what runs under the lease's condition. Where
    /// nobody is elected, as on embedded SQLite or by a [Term] that was not, it is the client itself.
    default ApiClient leading(String lease) {
        return this;
    }

    /// The newest version of an object.
    /// @throws ApiFault 404
    Obj get(Gvr resource, Key key);

    /// The newest version of an object, empty when there is none.
    Optional<Obj> find(Gvr resource, Key key);

    /// The objects a query selects, most recent.
    ObjList list(Gvr resource, Query query);

    /// Creates an object; a name may come from `generateName`.
    /// @throws ApiFault 409 AlreadyExists, 422 Invalid, 403 Forbidden …
    Obj create(Gvr resource, Obj object, WriteOptions options);

    /// Replaces an object whose revision (if not 0) must still be the newest.
    /// @throws ApiFault 409 Conflict, 404 …
    Obj update(Gvr resource, Obj object, WriteOptions options);

    /// Changes an object by description. The revision in a patch's metadata, when given, must be the newest.
    Obj patch(Gvr resource, Key key, Patch patch, WriteOptions options);

    /// Deletes, or marks for deletion, an object.
    /// @throws ApiFault 404, 409 when a precondition does not hold
    void delete(Gvr resource, Key key, DeleteOptions options);

    /// Deletes everything a query selects.
    void deleteAll(Gvr resource, Query query, DeleteOptions options);

    /// Posts to a subresource, as `pods/binding`, `pods/eviction` or `serviceaccounts/token`, or
    /// creates a virtual object, as a `subjectaccessreviews` (empty subresource).
    /// @return the answer, as it came
    Struct post(Gvr resource, Key key, String subresource, Struct body);

    /// A GET of what is no stored object: the subresource `scale` of one, or what an aggregated server has below a
    /// name, as `pods/*/requests_per_second` of `custom.metrics.k8s.io`.
    ///
    /// @param key with an empty name for what belongs to no one object
    /// @param subresource empty, or what follows the name
    /// @param parameters of the query, texts by name, as `labelSelector`
    /// @return the answer, as it came
    /// @throws ApiFault 404 when there is no such object, or nobody serves it
    default Struct read(Gvr resource, Key key, String subresource, Struct parameters) {
        throw new ApiFault(404, "NotFound", "the server could not find the requested resource", Struct.EMPTY);
    }

    /// Every main resource served now (no subresources), built-in, custom and aggregated; each in the first version of
    /// its group that has it. What discovery would answer, at the cost of a look at a table. What a server has that
    /// cannot be asked may be missing: who must see all calls [#discover].
    List<ApiResource> resources();

    /// The same, and of which versions it is not known.
    default Discovered discover() {
        return new Discovered(resources(), List.of());
    }

    /// What is served.
    /// @param resources all that are known
    /// @param failures why others are not, in upstream's words; who must see all tries again while there are any
    record Discovered(List<ApiResource> resources, List<String> failures) {
        /// Copies both.
        public Discovered {
            resources = List.copyOf(resources);
            failures = List.copyOf(failures);
        }

        /// The failure of a version whose server does not tell what it has.
        public static String stale(String group, String version) {
            String of = group + "/" + version;
            return of + ": stale GroupVersion discovery: " + of;
        }
    }

    /// A live, read-only cache of what a query selects. Costs nothing to keep on a server.
    View view(Gvr resource, Query query);

    /// The same for who reads no more than some fields of each object. The rest may be missing, and what changes the
    /// rest alone may go untold, then without a revision of its own: not for who waits to see what was written. Views
    /// of one resource and query with equal masks cost one watch.
    ///
    /// @param fields [FieldMask#IDENTITY] and what else is read
    default View view(Gvr resource, Query query, FieldMask fields) {
        return view(resource, query);
    }

    /// The same for who needs no more than each object's `metadata`: the rest may be missing, and
    /// `managedFields` too. Made for caches of everything.
    default View metadata(Gvr resource, Query query) {
        return view(resource, query);
    }
}
