/// What values of a kind may look like, and all that follows from it: decoding as Go decodes, defaults and pruning of
/// custom resources, validation by schema, strategic merge patch, server-side apply. The schema of built-in kinds is
/// `schema.bin`, which `build/schema-gen` makes; that of a custom resource is the `openAPIV3Schema` of its CRD. Both
/// become a [io.k3j.schema.Shape], and the rest of the library knows shapes only.
///
/// **Threads.** Everything public is immutable or pure, but for [io.k3j.schema.FieldPaths], which belongs to one
/// thread. Nothing blocks, nothing is started, and no lock is held: what is made lazily may be made twice, with equal
/// results.
///
/// **Bounds.** Walks go as deep as the values do. Who reads input bounds the depth and the size of a document (library
/// `codec`), and who takes a CRD bounds its schema (`resources-crd`); nothing here does it again. Lists of paths that
/// clients are told are bounded here.
///
/// **Errors.** A document of the wrong type is a [io.k3j.schema.DecodeFailure], a patch that cannot be applied an
/// `apimachinery.PatchFailure`, an apply against other managers an [io.k3j.schema.ApplyConflict]. What is wrong with a
/// custom resource or a CRD is a list of [io.k3j.schema.Violation]. A broken `schema.bin` is an
/// `IllegalStateException`: the product was built wrongly.
///
/// Source: Kubernetes API Concepts, "Server-Side Apply", "Extend the Kubernetes API with CustomResourceDefinitions",
/// and the upstream packages `apimachinery`, `apiextensions-apiserver` and `structured-merge-diff`.
@Export
@Version("1.1.0")
@NullMarked
package io.k3j.schema;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
