/** Folders of pictures on disk, looked at outside of the stream. */
package dev.halcyon.app.pictures;
