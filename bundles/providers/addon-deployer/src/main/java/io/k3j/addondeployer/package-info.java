/// Deploys the manifests of `<data-dir>/server/manifests`, as K3s' deploy controller does
/// (<https://docs.k3s.io/installation/packaged-components>): every server its own directory, one `Addon` per file.
///
/// ```
/// ManifestDirectory ─► FileLedger (what is due) ─► ManifestReader ─► ManifestParser ─► Precedence (may this copy?)
///        ─► ObjectApplier (OwnerMarks, ThreeWay) ─► ObjectPruner ─► Addons
/// ```
///
/// | reads | writes (sole writer of) |
/// |---|---|
/// | the directory, [io.k3j.apiserverapi.KindCatalog] | `Addon` objects and their CRD, what the files describe; of the directory only files that are disabled, which it deletes |
///
/// One loop, one thread. A file that cannot be read, parsed or applied is an Event on its Addon; nothing is deleted
/// because of it, the other files go on, and it is tried again, later each time. Nothing here is undone by stopping.
@NullMarked
package io.k3j.addondeployer;

import org.jspecify.annotations.NullMarked;
