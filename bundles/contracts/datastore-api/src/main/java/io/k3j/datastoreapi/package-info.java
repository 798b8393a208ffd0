/// The revision log under everything: keys, revisions and bytes, nothing else.
///
/// The contract follows etcd's data model as kine reduces it
/// (<https://github.com/k3s-io/kine/blob/master/docs/flow.md>): one global revision that grows by
/// one with each committed change, compare-and-set on the revision a key was last changed at, ranges
/// by prefix, ordered watches, compaction. Every driver passes `itests/datastore-conformance`.
@Export
@Version("1.2.0")
@NullMarked
package io.k3j.datastoreapi;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
