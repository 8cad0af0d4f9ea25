// Package webpage serves a page to the browser of the one who runs the program, on this
// machine alone, and guards it. It knows nothing of what the page shows.
//
// A page is a set of static files, such as those that a program embeds, and routes, which
// answer the page's requests with JSON or pictures; Options.Pages may make further pages. It lies behind a random token in its
// address, so that relative links work as they are and other users of the machine, who can
// connect to the same port, find nothing:
//
//	page, err := webpage.New(webpage.Options{Files: files, Routes: []webpage.Route{
//		{Method: "POST", Path: "api/double", Handle: webpage.JSON(double)},
//	}})
//	err = page.Listen()
//	fmt.Println(page.URL()) // http://127.0.0.1:41234/3f0c…/
//	err = page.Serve(ctx)   // until ctx is done
//
// # The guard
//
// What is refused, with the HTTP status:
//
//   - an address to listen on that is not 127.0.0.1 or ::1: an error of New;
//   - a Host header that is not this address, or localhost, with this port: 403. So a foreign
//     name that leads to this machine (DNS rebinding) reaches nothing;
//   - a request that another site's page makes (Origin, Sec-Fetch-Site): 403. GET and HEAD must
//     change nothing; following a link to the page is allowed;
//   - a path without the token, or that names no file and no route: 404. There are no folders
//     to list, and no file of the machine is opened;
//   - another method than the route's: 405;
//   - a body above Options.MaxUpload: 413; JSON that does not fit the type, has unknown fields or
//     anything after it: 400; a body of another type: 415;
//   - slow headers and bodies, by timeouts.
//
// Every answer forbids scripts, styles, pictures and connections from anywhere but the page
// itself, inline scripts and styles, framing, forms (but see Options.Forms), guessing of content types, referrers and
// caching. A file of the page can therefore hold no script between its tags: scripts and styles
// are files of their own.
package webpage
